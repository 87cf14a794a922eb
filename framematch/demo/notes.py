"""What editors write on drawings, in Chinese, Korean and English; owns words and marks only."""

from framematch.case_records import Script
from framematch.demo.dice import Dice
from framematch.demo.lettering import text_width, write
from framematch.demo.shapes import Shape, ellipse, polygon, smooth
from framematch.demo.writing import Writing

#: One remark per row: Chinese, its Korean translation, English.
REMARKS = (
    ("手要大", "손을 더 크게", "HAND BIGGER"),
    ("背景不要改", "배경은 그대로", "KEEP THE BG"),
    ("人物线修正", "인물 선 수정", "CLEAN UP LINES"),
    ("眼要大一下", "눈을 조금 크게", "EYES BIGGER"),
    ("上色同前", "색은 앞 컷과 같게", "COLOUR AS BEFORE"),
    ("光左上", "빛은 왼쪽 위", "LIGHT FROM UPPER LEFT"),
    ("头要小", "머리를 작게", "HEAD SMALLER"),
    ("注意动作", "동작 확인", "CHECK ACTING"),
    ("第二原画修正", "2원화 다시", "REDO 2ND KEY"),
    ("口不要大", "입은 작게", "SMALL MOUTH"),
    ("红线不要", "빨간 선은 빼기", "DROP RED LINES"),
    ("同前景", "앞 컷과 같은 배경", "SAME BG AS LAST CUT"),
    ("人物左出", "인물 왼쪽으로 나감", "EXIT LEFT"),
    ("第一前景要改", "첫 컷 전경 수정", "FIX THE FOREGROUND"),
)
#: Scripts of the three.
SCRIPTS: tuple[Script, ...] = ("Han", "Hangul", "Latin")
INKS = (0xC23A34, 0x2F5FB8, 0x2C2A30, 0x2E8B57)


def remark(dice: Dice, x: float, y: float, size: float, writing: Writing) -> list[Shape]:
    """Return one remark in three languages, one below the other, from its upper left corner.

    What it says is added to `writing`, here as below.
    """
    words = dice.pick(REMARKS)
    colours = dice.shuffled(INKS)
    shapes: list[Shape] = []
    for i, line in enumerate(words):
        letter = size * (1.0, 0.86, 0.7)[i]
        indent = dice.between(0, size * 0.6)
        drawn = write(
            line, x + indent, y, letter, colours[0 if i == 0 else 1], letter * 0.085, dice
        )
        shapes += writing.add(drawn, "remark", line, SCRIPTS[i], goes_on=i > 0)
        y += letter * 1.4
    return shapes


def ringed(dice: Dice, x: float, y: float, radius: float, colour: int) -> list[Shape]:
    """Return a hand-drawn ring, not quite closed."""
    wobble = [
        (x + radius * dx * dice.between(0.9, 1.1), y + radius * dy * dice.between(0.8, 1.1))
        for dx, dy in (
            (1, -0.2),
            (0.6, 0.7),
            (-0.2, 1),
            (-0.9, 0.5),
            (-0.9, -0.5),
            (0, -1),
            (1, -0.5),
        )
    ]
    return [Shape(smooth(wobble, closed=False), pen=1.6, ink_colour=colour)]


def arrow(x0: float, y0: float, x1: float, y1: float, colour: int, pen: float) -> list[Shape]:
    """Return an arrow from the first point to the second."""
    dx, dy = x1 - x0, y1 - y0
    length = max((dx * dx + dy * dy) ** 0.5, 1.0)
    ux, uy = dx / length * pen * 5, dy / length * pen * 5
    head = [
        (x1 - ux - uy * 0.6, y1 - uy + ux * 0.6),
        (x1, y1),
        (x1 - ux + uy * 0.6, y1 - uy - ux * 0.6),
    ]
    shaft = [(x0, y0), ((x0 + x1) / 2 - dy * 0.04, (y0 + y1) / 2 + dx * 0.04), (x1, y1)]
    return [
        Shape(smooth(shaft, closed=False), pen=pen, ink_colour=colour),
        Shape(polygon(head, closed=False), pen=pen, ink_colour=colour),
    ]


def scribbled_lines(
    dice: Dice, x: float, y: float, width: float, n: int, size: float, writing: Writing
) -> list[Shape]:
    """Return `n` lines of illegible or short writing, as beside a storyboard panel."""
    words = (
        "PAN",
        "SHE TURNS",
        "HOLD",
        "CUT TO",
        "LOOKS UP",
        "SFX WIND",
        "WALKS IN",
        "BEAT",
        "DIALOGUE",
    )
    shapes: list[Shape] = []
    for i in range(n):
        top = y + i * size * 1.7
        if dice.chance(0.45):
            word = dice.pick(words)
            drawn = write(word, x, top, size, 0x3A3A40, size * 0.09, dice)
            shapes += writing.add(drawn, "remark", word, goes_on=i > 0)
            continue
        points = [(x, top + size / 2)]
        end = x + width * dice.between(0.5, 0.95)
        while points[-1][0] < end:
            points.append((points[-1][0] + size * 0.3, top + size * dice.between(0.15, 0.85)))
        scrawl = [Shape(smooth(points, closed=False), pen=size * 0.09, ink_colour=0x3A3A40)]
        shapes += writing.add(scrawl, "illegible", None, None, goes_on=i > 0)
    return shapes


def stamp(text: str, x: float, y: float, size: float, colour: int) -> list[Shape]:
    """Return clean letters in a frame, as in a title block."""
    return write(text, x, y, size, colour, size * 0.1)


def number(
    dice: Dice, value: int, x: float, y: float, size: float, writing: Writing
) -> list[Shape]:
    """Return a ringed key number."""
    text = str(value)
    shapes = write(
        text, x - text_width(text, size) / 2, y - size / 2, size, INKS[2], size * 0.1, dice
    )
    writing.add(shapes, "label", text)
    return [*shapes, Shape(ellipse(x, y, size * 0.95, size * 0.9), pen=1.2, ink_colour=INKS[2])]
