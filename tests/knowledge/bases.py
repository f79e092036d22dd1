"""A small base that the tests of the search share."""

from knowledge.entries import Entry

LAMP = Entry(
    "lamp",
    "楼道灯坏了找谁修？",
    "有物业的小区先找物业。社区电话：{{community_phone}}。",
    aliases=("楼梯间的灯不亮了", "楼道里黑漆漆的没人管"),
    action="report:stairwell_light",
)
STREET_LAMP = Entry(
    "street_lamp", "路灯不亮归谁管？", "路灯由市政维护。", aliases=("马路边的灯灭了",)
)
WASTE = Entry(
    "waste",
    "垃圾怎么分类？",
    "分四类：可回收物、有害垃圾、厨余垃圾、其他垃圾。",
    keywords=("厨余",),
)
HOURS = Entry(
    "hours",
    "社区几点上班？",
    "上午九点到下午五点。",
    aliases=("社区周末有人吗",),
    variants={"donghu": "东湖社区周末也开门。"},
)
VOLUNTEER = Entry("volunteer", "怎么报名当志愿者？", "点下面的按钮。", action="volunteer")
ENTRIES = (LAMP, STREET_LAMP, WASTE, HOURS, VOLUNTEER)
