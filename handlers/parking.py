"""What somebody typed in a form that is not taken now: it is kept, and comes back where the form stands (DESIGN §3)."""

from __future__ import annotations

from litestar import Request

from handlers.elsewhere import STAY, own_path
from handlers.frame import own_address
from handlers.standing import page_path, with_kept
from identity.parking import park


async def park_form(request: Request, moved_to: str = "") -> str:
    """The ref under which it is kept; "" where nothing may be, or where its address has no page to show it again. Of a form
    whose token is nobody's known here, nothing is kept. `moved_to` is the path of its page where that is another by now."""
    state = request.scope["state"]
    path = own_path(form_address(request)) if request.scope["path"] == STAY else moved_to or page_path(request.scope)
    if state.get("form_of") is None or not path:
        return ""
    return await park(request.app.state.house, request.state.viewer, path, state["fields"].to_keep)


def form_address(request: Request) -> str:
    """Where the form stands that was sent. The button to stay signed in stands in forms of any page, and says in which; one
    that looks for what has come since says where that is shown, around the same form."""
    fields = request.scope["state"].get("fields")
    if request.scope["path"] != STAY or not fields:
        return own_address(request)
    address = fields.get("look") or fields.get("next")
    return address if own_path(address) != "/" else "/"


async def filled_again(request: Request) -> str:
    """Where the form can be opened filled as it was; "" where nothing could be kept, or shown again."""
    ref = await park_form(request)
    return with_kept(own_address(request), ref) if ref else ""
