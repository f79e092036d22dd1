"""Answers to button presses and inline queries."""

from bot.sandbox.methods.registry import Request, method
from bot.sandbox.refusals import bad_request
from bot.sandbox.shapes import utf16
from bot.sandbox.world import Query

ANSWER_LIMIT = 200
MOST_RESULTS = 50
LATE = "query is too old and response timeout expired or query ID is invalid"


@method("answerCallbackQuery")
def answer_callback(request: Request) -> bool:
    """Shows a toast or an alert to whoever pressed; a second answer shows nothing."""
    params = request.params
    query = _query(request, request.world.presses, "callback_query_id")
    text = params.get("text", "")
    if utf16(text) > ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    if query.answer is None:
        query.answer = {"text": text, "alert": bool(params.get("show_alert"))}
        query.answer["url"] = params.get("url", "")
        request.world.stream.tell("toast", user_id=query.user_id, **query.answer)
    return True


@method("answerInlineQuery")
def answer_inline(request: Request) -> bool:
    results = request.params.get("results")
    query = _query(request, request.world.inline_queries, "inline_query_id")
    if results is None:
        raise bad_request("can't parse inline query results: expected an Array")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [result.get("id") for result in results]
    if any(not isinstance(one, str) or not 1 <= len(one.encode()) <= 64 for one in ids):
        raise bad_request("RESULT_ID_INVALID")
    if len(set(ids)) != len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    query.answer = {"results": results}
    request.world.stream.tell("inline", user_id=query.user_id, results=results)
    return True


def _query(request: Request, queries: dict[str, Query], name: str) -> Query:
    query = queries.get(str(request.params.get(name, "")))
    world = request.world
    if query is None or world.clock.moment() - query.made > world.options.press_ttl:
        raise bad_request(LATE)
    return query
