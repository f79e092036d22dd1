"""Finds the row of the workbook that a node came from, so that an author can find it too."""

from services.forms.trees import Node
from services.forms.xlsforms.workbooks import Sheet


class Rows:
    """The named rows of the survey sheet, in order."""

    def __init__(self, survey: Sheet) -> None:
        self.survey = survey
        self.at: dict[str, list[int]] = {}
        for number, cells in survey.rows:
            if "name" in cells and not cells.get("type", "").startswith("end"):
                self.at.setdefault(cells["name"], []).append(number)

    def named(self, name: str) -> int:
        """The first row with that name; 0 if there is none."""
        return next(iter(self.at.get(name, ())), 0)

    def typed(self, written: str) -> int:
        """The first row with that type; 0 if there is none."""
        rows = self.survey.rows
        return next((number for number, cells in rows if cells.get("type") == written), 0)

    def of(self, node: Node) -> int:
        """The row of a node; for a node that pyxform added, the row that it was added for."""
        found = self.at.get(node.name)
        if found is None:
            base = next((end for end in _ADDED if node.name.endswith(end)), "")
            return self.named(node.name.removesuffix(base)) if base else 0
        return found[0] if len(found) == 1 else self._among(node, found)

    def _among(self, node: Node, found: list[int]) -> int:
        """Of several rows of one name in different groups, the one inside the node's group."""
        outer = next((self.of(above) for above in node.ancestors()), 0)
        return next((number for number in found if number > outer), found[-1])


_ADDED = ("_other", "_count")
