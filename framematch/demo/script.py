"""The stories: which shots an episode has, in which order. Owns no outlines and draws nothing."""

from dataclasses import replace

from framematch.demo.blocking import actor_by_lot, blocking
from framematch.demo.dice import Dice
from framematch.demo.poses import MOODS, POSES
from framematch.demo.settings import StudioSettings
from framematch.demo.shots import N_CAST, N_PLACES, Camera, Framing, Plan, Shot, Tag, View

#: A plan, its length in frames and its tags, before it has a place on the timeline.
_Part = tuple[Plan, int, tuple[Tag, ...]]


class Script:
    """Every episode of one show.

    Parameters
    ----------
    settings : StudioSettings
        Lengths and seed.
    number : int
        Number of the show.
    name : str
        Its name, for the logo.
    titles : sequence of str
        Episode titles.
    """

    def __init__(
        self, settings: StudioSettings, number: int, name: str, titles: tuple[str, ...]
    ) -> None:
        self._settings = settings
        self._number = number
        self._name = name
        self._titles = titles
        self._opening = self._opening_plans()
        self._stock = self._story_plan(self._dice("stock"), "stock", 0, self._frames(3.0))
        episodes: list[tuple[Shot, ...]] = []
        for episode in range(1, len(titles) + 1):
            episodes.append(self._cut(episode, episodes[-1] if episodes else ()))
        self.episodes = tuple(episodes)

    def _frames(self, seconds: float) -> int:
        return max(round(seconds * self._settings.fps), 2)

    def _share(self, seconds: float, share: float) -> int:
        return self._frames(min(seconds, self._settings.episode_s * share))

    def _dice(self, *key: object) -> Dice:
        return Dice(self._settings.seed, "script", self._number, *key)

    def _opening_plans(self) -> list[Plan]:
        dice = self._dice("opening")
        total = self._share(8.0, 0.2)
        lengths = [total * 3 // 10, total * 2 // 10, total * 2 // 10]
        lengths.append(total - sum(lengths))
        pan = Camera((160.0, 170.0, 1.0), (470.0, 180.0, 1.08))
        plans = [Plan("opening-0", "establish", dice.whole(0, 3), (), pan, lengths[0], 1)]
        for i, design in enumerate(dice.shuffled(range(N_CAST))[:2]):
            actor = replace(
                actor_by_lot(dice, design, 320 + 60 * (1 - 2 * i), 40, 420), action="gesture"
            )
            plans.append(
                Plan(
                    f"opening-{i + 1}",
                    "burst",
                    -1,
                    (actor,),
                    Camera(),
                    lengths[i + 1],
                    self._hold(2),
                )
            )
        crowd = tuple(
            replace(actor_by_lot(dice, i, 100 + 110 * i, 150 - 14 * (i % 2), 190), action="still")
            for i in range(N_CAST)
        )
        plans.append(
            Plan(
                "opening-3",
                "group",
                dice.whole(0, 3),
                crowd,
                Camera(),
                lengths[3],
                self._hold(2),
                (self._name,),
            )
        )
        return plans

    def _hold(self, at_twelve: int) -> int:
        return max(round(at_twelve * self._settings.fps / 12), 1)

    def _body(self, episode: int) -> list[Plan]:
        """Return the episode's own plans; more than enough to fill it."""
        dice = self._dice("body", episode)
        long = self._settings.episode_s >= 30
        # Two places belong to the whole series, the others change from episode to episode.
        places = [0, 1] + [2 + (2 * episode + i) % (N_PLACES - 2) for i in range(4)]
        plans: list[Plan] = []
        left = self._frames(self._settings.episode_s)
        scene, stay = dice.pick(places), 0
        while left > 0:
            if stay == 0:
                scene, stay = (
                    dice.pick([place for place in places if place != scene]),
                    dice.whole(2, 4),
                )
            stay -= 1
            n = self._frames(dice.between(2.0, 6.0) if long else dice.between(1.4, 2.2))
            key = f"e{episode}-{len(plans)}"
            if (
                len(plans) >= 2
                and dice.chance(0.18)
                and plans[-2].actors
                and plans[-2].place == scene
            ):
                plans.append(self._again(dice, plans[-2], key, n))
            else:
                plans.append(self._story_plan(dice, key, scene, n))
            left -= n
        return plans

    def _again(self, dice: Dice, plan: Plan, key: str, n: int) -> Plan:
        """Return a cut back to the set-up of `plan`: same camera and people, another moment."""
        actors = tuple(
            replace(
                actor,
                mood=dice.pick(tuple(MOODS)),
                pose=dice.pick(tuple(POSES)),
                phase=dice.whole(0, 40),
            )
            for actor in plan.actors
        )
        return replace(plan, key=key, actors=actors, n_frames=n)

    def _story_plan(self, dice: Dice, key: str, place: int, n: int) -> Plan:
        framing: Framing = dice.pick(
            (
                "close",
                "close",
                "medium",
                "medium",
                "wide",
                "wide",
                "two",
                "two",
                "group",
                "establish",
                "over",
            )
        )
        cast = dice.shuffled(range(N_CAST))
        actors = blocking(dice, framing, cast)
        hold = self._hold(dice.pick((2, 2, 3)))
        zoom = (
            dice.between(1.3, 2.0)
            if framing in ("close", "medium", "two", "over")
            else dice.between(1.0, 1.2)
        )
        start: View = (dice.between(140, 500), 180 + dice.between(-20, 14) * (zoom - 0.9) * 2, zoom)
        move = dice.pick(("none", "none", "none", "pan", "zoom", "still", "still"))
        if move == "zoom":
            move = dice.pick(("in", "out"))
        if framing == "establish":
            move = dice.pick(("pan", "in", "still", "pan"))
        if any(actor.action == "walk" for actor in actors):
            walker = next(actor for actor in actors if actor.action == "walk")
            far = 70.0 * n / self._settings.fps * (1 if walker.turn > 0 else -1)
            left = min(max(320 - far / 2, 60.0), 580.0)
            right = min(max(left + far, 20.0), 620.0)
            return Plan(
                key,
                framing,
                place,
                actors,
                Camera((left, start[1], zoom), (right, start[1], zoom), True),
                n,
                hold,
            )
        end: View = start
        if move == "pan":
            end = (start[0] + dice.pick((-1, 1)) * dice.between(60, 130), start[1], zoom)
        elif move == "in":
            end = (start[0], start[1], zoom * dice.between(1.15, 1.35))
        elif move == "out":
            start = (start[0], start[1], zoom * dice.between(1.15, 1.35))
        elif move == "still":
            actors = tuple(replace(actor, action="still") for actor in actors)
        return Plan(key, framing, place, actors, Camera(start, end), n, hold)

    def _cut(self, episode: int, before: tuple[Shot, ...]) -> tuple[Shot, ...]:
        total = round(self._settings.episode_s * self._settings.fps)
        story = iter(self._body(episode))
        parts: list[_Part] = []
        if episode % 2 == 0:
            cold = next(story)
            parts.append((cold, cold.n_frames, ()))
        parts += [(plan, plan.n_frames, ("opening",)) for plan in self._opening]
        n_title = self._share(2.0, 0.1)
        name = (self._titles[episode - 1],)
        hold = self._hold(2)
        title = Plan(f"title-{episode}", "card", -1, (), Camera(), n_title, hold, name)
        parts.append((title, n_title, ("title",)))
        parts += self._recap(self._dice("recap", episode), before)
        n_credits = self._share(3.0, 0.1)
        names = _credits(self._dice("credits"))
        credits_ = Plan("credits", "credits", -1, (), Camera(), n_credits, 1, names)
        stock_due = episode in (1, len(self._titles)) and self._settings.episode_s >= 20
        left = total - sum(part[1] for part in parts) - n_credits
        n_used = 0
        while left > 0:
            if stock_due and n_used == 1:
                plan, stock_due = self._stock, False
                tags: tuple[Tag, ...] = ("stock",)
            else:
                plan, tags = next(story), ()
            # The last shot is held longer or cut short, so that the episode comes out to the frame.
            n = left if left < plan.n_frames + self._frames(1.0) else plan.n_frames
            parts.append((plan, n, tags))
            n_used += 1
            left -= n
        parts.append((credits_, n_credits, ("credits",)))
        return tuple(self._timed(parts))

    def _recap(self, dice: Dice, before: tuple[Shot, ...]) -> list[_Part]:
        own = {"opening", "recap", "title", "credits"}
        shots = [shot for shot in before if not own & set(shot.tags)]
        # The first fades in and the last may be cut short.
        shots = dice.shuffled(shots[1:-1] or shots)[: 3 if self._settings.episode_s >= 30 else 1]
        left = self._share(5.0, 0.15)
        parts: list[_Part] = []
        for i, shot in enumerate(shots):
            n = min(left // (len(shots) - i), shot.n_frames)
            parts.append((shot.plan, n, ("recap",)))
            left -= n
        return parts

    def _timed(self, parts: list[_Part]) -> list[Shot]:
        fps = self._settings.fps
        shots: list[Shot] = []
        at = 0
        for plan, n, given in parts:
            tags: list[Tag] = list(given)
            if plan.held:
                tags.append("held")
            if plan.camera.moves:
                tags.append("pan" if plan.camera.start[2] == plan.camera.end[2] else "zoom")
            if plan.place in (0, 1) and not given:
                tags.append("reused-background")
            fade = self._frames(0.5)
            story_starts = (
                not given and bool(shots) and bool({"title", "recap"} & set(shots[-1].tags))
            )
            shots.append(
                Shot(
                    start_s=at / fps,
                    duration_s=n / fps,
                    tags=tuple(tags),
                    plan=plan,
                    first=at,
                    n_frames=n,
                    fade_in=fade if story_starts or (at == 0 and "opening" not in given) else 0,
                )
            )
            at += n
        if len(shots) > 1:
            shots[-2] = replace(shots[-2], fade_out=self._frames(0.5))
        return shots


def _credits(dice: Dice) -> tuple[str, ...]:
    first = ("ALMA", "BOGDAN", "CHIARA", "DEV", "ELKE", "FARID", "GWEN", "HIRO", "ILSE", "JONAH")
    last = ("MARROW", "QUILLER", "TANSY", "UNDERHILL", "VOSS", "WREN", "YARROW", "ZELLER")
    jobs = ("STORY", "STORYBOARD", "LAYOUT", "KEY ANIMATION", "COLOUR", "BACKGROUNDS", "SOUND")
    return tuple(f"{job} - {dice.pick(first)} {dice.pick(last)}" for job in jobs)
