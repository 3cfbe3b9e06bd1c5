"""Where the words of a page stand: boxes of its lines, and what is wrong with them.

Belongs here: asking the browser for boxes and fonts. Does not belong here: which pages (tests).
"""

from typing import Any

import numpy as np
from playwright.sync_api import Page

# one box per line of each run of text; what is hidden or off the screen on purpose has none
_LINES = """() => {
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, owner = node.parentElement;
    if (!node.data.trim() || !owner.checkVisibility({visibilityProperty: true})) continue;
    const style = getComputedStyle(owner), size = parseFloat(style.fontSize);
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.right < 0) continue;
      // the box of a line is as high as its font allows; letters take the middle of it
      const middle = (box.top + box.bottom) / 2 + scrollY, half = 0.36 * size;
      lines.push({text: node.data.trim().slice(0, 50), left: box.left, right: box.right,
                  top: middle - half, bottom: middle + half});
    }
  }
  return lines;
}"""
_WIDER = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


def overlaps(page: Page) -> list[str]:
    """Lines of text that lie on each other."""
    lines: list[dict[str, Any]] = page.evaluate(_LINES)
    assert lines, "the page says nothing"
    order = np.argsort([line["top"] for line in lines], kind="stable")
    lines = [lines[n] for n in order]
    box = np.array([[line[side] for side in ("left", "top", "right", "bottom")] for line in lines])
    found = []
    for n, (left, top, right, bottom) in enumerate(box):
        # only what begins before this line ends can lie on it
        last = int(np.searchsorted(box[:, 1], bottom - 1))
        after = box[n + 1 : last]
        meet = (after[:, 0] < right - 1) & (after[:, 2] > left + 1) & (after[:, 3] > top + 1)
        found += [f"{lines[n]['text']} on {lines[n + 1 + k]['text']}" for k in np.flatnonzero(meet)]
    return found


def sideways(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    return int(page.evaluate(_WIDER))


def fonts(page: Page) -> dict[str, float]:
    """Letters that each font of the machine has set on the page."""
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    chosen = {"nodeId": root, "selector": "body, body *"}
    used: dict[str, float] = {}
    for node in session.send("DOM.querySelectorAll", chosen)["nodeIds"]:
        told = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        for font in told:
            used[font["familyName"]] = used.get(font["familyName"], 0) + font["glyphCount"]
    return used
