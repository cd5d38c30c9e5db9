"""Pages filled from the top: what does not fit goes on the next."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from hazard_service.paper import INK, LEADING, MARGIN_PT, blank, put_lines, size_pt, usable_pt, wrapped


class Flow:
    """The pages so far, and how far down the last one is filled (y, points from its top)."""

    def __init__(self) -> None:
        self.pages: list[Figure] = []
        self.is_landscape = False
        self.y = self._bottom = 0.0
        self._new_page()

    @property
    def page(self) -> Figure:
        """The page that is being filled."""
        return self.pages[-1]

    @property
    def width(self) -> float:
        """Between the margins."""
        return usable_pt(is_landscape=self.is_landscape)[0]

    def turn(self, *, is_landscape: bool) -> None:
        """What follows stands on pages that lie this way."""
        if is_landscape != self.is_landscape:
            self.is_landscape = is_landscape
            self._new_page()

    def room(self, height: float) -> bool:
        """Makes room of this height; whether that took a new page."""
        if self.y + height <= self._bottom:
            return False
        self._new_page()
        return True

    def insert(self, drawn: Sequence[Figure]) -> list[int]:
        """Takes in whole pages, and goes on after them; returns their numbers."""
        first = len(self.pages) + 1
        self.pages += drawn
        if drawn:
            self.y = self._bottom
            self.is_landscape = size_pt(self.page)[0] > size_pt(self.page)[1]
        return list(range(first, first + len(drawn)))

    def paragraph(self, text: str, size: float, *, is_bold: bool = False, colour: str = INK) -> None:
        """Lines of text, which may go on overleaf."""
        for line in wrapped(text, self.width, size, is_bold=is_bold):
            self.room(size * LEADING)
            self.y = put_lines(self.page, [line], MARGIN_PT, self.y, size, is_bold=is_bold, colour=colour)
        self.y += size * 0.3

    def _new_page(self) -> None:
        self.pages.append(blank(is_landscape=self.is_landscape))
        self.y = MARGIN_PT
        self._bottom = MARGIN_PT + usable_pt(is_landscape=self.is_landscape)[1]
