// Deciding: the bar that is always in reach, what its keys do, and what the desk answers.

/** The verdicts and their keys. */
const JUDGEMENTS = {
  c: "confirmed",
  x: "not-this-show",
  o: "other-show",
  n: "not-ours",
  u: "unsure",
};

class Bar {
  /**
   * Build the bar.
   *
   * `targets()` returns the rows that a verdict is on, `decided(rows, kind)` goes on after an entry
   * was made ("judged", "noted" or "undone"), `step(way)` shows the next finding or the one before.
   */
  constructor({ targets, decided, step }) {
    Object.assign(this, { targets, decided, step });
    this.node = byId("deciding");
    this.busy = false;
    /** Whether what a verdict would be on is on the screen. */
    this.ready = true;
    this.about = el("div", { class: "about" });
    this.refusal = el("p", { class: "refusal", role: "alert" });
    this.said = el("p", { class: "done", role: "status" });
    /** Reasons that wait for a verdict, by what they were written for. */
    this.reasons = new Map();
    this.waiting = el("div", { class: "panel-end" });
    this.panel = new Panel();
    this.verdicts = new Map(
      Object.entries(JUDGEMENTS).map(([key, judgement]) => [judgement, this.verdictButton(key, judgement)]),
    );
    this.inner = el(
      "div",
      { class: "bar-inner", hidden: true },
      this.about,
      this.panel.node,
      el(
        "div",
        { class: "buttons" },
        el("div", { class: "verdicts" }, [...this.verdicts.values()]),
        el(
          "div",
          { class: "tools" },
          this.tool("note", "t", () => this.openNote()),
          this.tool("reason", "r", () => this.openReason(null)),
          this.tool("undo", "z", () => this.undo()),
          this.tool("previous", "k", () => this.step(-1)),
          this.tool("next", "j", () => this.step(1)),
        ),
      ),
    );
    this.node.append(this.refusal, this.said, this.inner);
    // Held down on a button, Enter would press it again and again, and decide what comes next, too.
    this.node.addEventListener("keydown", (event) => {
      if (event.repeat && event.key === "Enter") event.preventDefault();
    });
  }

  /** Whether there is anything to decide in the view. */
  set shown(shown) {
    this.inner.hidden = !shown;
  }

  verdictButton(key, judgement) {
    return el(
      "button",
      {
        type: "button",
        class: `verdict ${judgement}`,
        "data-judgement": judgement,
        "aria-keyshortcuts": key,
        title: TEXT.decide.keyReason(key),
        onclick: (event) => this.press(judgement, event.shiftKey),
      },
      el("span", { class: "long" }, TEXT.decide.names[judgement]),
      el("span", { class: "short" }, TEXT.decide.short[judgement]),
      el("kbd", { "aria-hidden": "true" }, key),
    );
  }

  tool(name, key, does) {
    return el(
      "button",
      {
        type: "button",
        "data-tool": name,
        "aria-keyshortcuts": key,
        title: TEXT.decide.key(key),
        onclick: does,
      },
      el("span", {}, TEXT.decide[name]),
      el("kbd", { "aria-hidden": "true" }, key),
    );
  }

  /** Show what the bar is for now: what `about` holds, and which verdicts make sense. */
  show(...about) {
    this.about.replaceChildren(...about);
    this.refresh();
  }

  refresh() {
    for (const [judgement, button] of this.verdicts)
      button.ariaDisabled = this.whyNot(judgement) === null ? null : "true";
    this.showReason();
  }

  /** What a reason is written for: a finding, or what is chosen in the queue. */
  get place() {
    return state.view === "finding" ? state.finding : state.view;
  }

  /** Show the reason that the next verdict takes along. */
  showReason() {
    const why = this.reasons.get(this.place);
    this.waiting.remove();
    if (why === undefined || this.panel.isOpen) return;
    const drop = () => {
      this.dropReason();
      focusView();
    };
    this.waiting.replaceChildren(...waitingReason(why, () => this.openReason(null), drop));
    this.about.append(this.waiting);
  }

  /** Keep a reason for the verdict that is pressed next. */
  keepReason(why) {
    if (!why) return this.dropReason();
    this.reasons.set(this.place, why);
    this.close();
    this.tell(TEXT.decide.reasonKept);
    this.refresh();
    // The next key is a verdict, wherever the panel was opened from.
    focusView();
  }

  dropReason() {
    const had = this.reasons.delete(this.place);
    this.close(true);
    if (had) this.tell(TEXT.decide.reasonDropped);
    this.refresh();
  }

  /** Return why a verdict cannot be given now, or null. */
  whyNot(judgement) {
    if (this.busy) return TEXT.decide.busy;
    if (!this.ready) return TEXT.decide.notLoaded;
    const on = this.targets();
    if (!on.length) return TEXT.decide.nothingChosen;
    if (judgement !== "confirmed" && judgement !== "not-this-show") return null;
    const shows = new Set(on.map((row) => row.show));
    if (shows.size > 1) return TEXT.decide.severalShows;
    return shows.has(null) ? TEXT.decide.noShowToConfirm : null;
  }

  /** Give a verdict, after a show or a reason was asked for where one is needed. */
  press(judgement, withReason = false) {
    const not = this.whyNot(judgement);
    if (not !== null) return this.refuse(not);
    if (judgement === "other-show") return this.openOther();
    if (withReason) return this.openReason(judgement);
    return this.judge(judgement);
  }

  /** Send a verdict; a reason that waits, or stands in the open field, goes with it. */
  judge(judgement, show = null, why = this.written()) {
    const not = this.whyNot(judgement);
    if (not !== null) return this.refuse(not);
    const on = this.targets();
    const what = show === null ? words.human[judgement][0] : TEXT.decide.ofShow(words.human[judgement][0], show);
    return this.act("/verdicts", { keys: on.map((row) => row.key), judgement, show, why }, on, what, "judged");
  }

  /** Return whether nobody has said who decides; then that is asked for. */
  nameless() {
    if (reviewer()) return false;
    this.refuse(TEXT.desk.whoMissing);
    byId("who").focus();
    return true;
  }

  /** Take over what another case says of a finding, under one's own name. */
  async adopt(row) {
    if (this.busy || this.nameless()) return;
    if (!this.ready) return this.refuse(TEXT.decide.notLoaded);
    if (!isOffered(row)) return this.refuse(TEXT.decide.notOffered);
    this.work(true);
    try {
      const [{ entry, standings }] = await send("/recall", { who: reviewer(), keys: [row.key] });
      this.took(entry, standings);
      this.work(false);
      const said = TEXT.decide.done(words.human[entry.judgement][0], row.name);
      this.tell(said, TEXT.decide.howToUndo, await this.decided([row], "judged"));
    } catch (error) {
      this.work(false);
      this.refuse(TEXT.decide.refused(error.message));
    }
  }

  note(text) {
    if (!this.ready) return this.refuse(TEXT.decide.notLoaded);
    const on = this.targets();
    if (!on.length) return this.refuse(TEXT.decide.nothingChosen);
    return this.act("/notes", { keys: on.map((row) => row.key), text }, on, TEXT.decide.noted, "noted");
  }

  /** Have the desk make an entry. Nothing is shown as decided before it has answered. */
  async act(path, content, on, what, kind) {
    const who = reviewer();
    if (this.busy || this.nameless()) return;
    const place = this.place;
    this.work(true);
    try {
      const { entry, standings } = await send(path, { ...content, who });
      if (kind === "judged") this.reasons.delete(place);
      this.took(entry, standings);
      const done = on.length === 1 ? TEXT.decide.done(what, on[0].name) : TEXT.decide.doneSeveral(what, on.length);
      this.work(false);
      this.close();
      this.tell(done, TEXT.decide.howToUndo, await this.decided(on, kind));
    } catch (error) {
      this.work(false);
      this.refuse(TEXT.decide.refused(error.message));
    }
  }

  /** Take the last own entry back, or the one of a number. */
  async undo(number = null) {
    const who = reviewer();
    if (this.busy) return;
    this.work(true);
    try {
      const entries = (await ask("/verdicts")).entries;
      const undone = new Set(entries.map((entry) => entry.undoes));
      const theirs = entries.filter(
        (entry) => entry.who === who && entry.kind !== "undone" && !undone.has(entry.number),
      );
      const last = number === null ? theirs.at(-1) : theirs.find((entry) => entry.number === number);
      this.work(false);
      if (!last) {
        this.refuse(TEXT.decide.nothingToUndo);
        return;
      }
      this.work(true);
      const { entry, standings } = await send("/undo", { who, number: last.number });
      this.took(entry, standings);
      this.work(false);
      this.close();
      const on = last.findings.map((one) => byKey.get(one.key)).filter(Boolean);
      const what = last.judgement === null ? TEXT.decide.noted : words.human[last.judgement][0];
      await this.decided(on, "undone");
      this.tell(
        TEXT.decide.undone(what, on.length === 1 ? on[0].name : counted(on.length, "finding")),
      );
    } catch (error) {
      this.work(false);
      this.refuse(TEXT.decide.refused(error.message));
    }
  }

  took(entry, standings) {
    connection.knows(entry.number);
    takeOver(standings);
  }

  work(on) {
    this.busy = on;
    this.node.setAttribute("aria-busy", String(on));
    if (on) this.refusal.textContent = "";
    this.refresh();
  }

  /** Say what was done, in texts or elements. */
  tell(...parts) {
    this.refusal.textContent = "";
    this.said.replaceChildren(...parts.filter(Boolean).flatMap((part) => [part, " "]));
  }

  refuse(why) {
    this.said.replaceChildren();
    // Said again, too, when the same key is pressed again.
    this.refusal.textContent = "";
    this.refusal.textContent = why;
  }

  /** Return the reason that stands in the panel if it is open, or the one that waits. */
  written() {
    return this.panel.text("why") ?? this.reasons.get(this.place) ?? "";
  }

  /** Close the panel without taking anything over from it, and say so. */
  cancel() {
    const written = this.panel.text("why");
    const lost = written && written !== this.reasons.get(this.place);
    this.close(true);
    this.refresh();
    if (lost) this.tell(TEXT.decide.writtenDropped);
  }

  /** Open the panel, as `Panel.open` does. */
  open(title, fields, save, more = {}) {
    this.tell();
    this.waiting.remove();
    this.panel.open(title, fields, save, { cancel: () => this.cancel(), ...more });
  }

  /** Close the panel; keys go on where they were. */
  close(back = false) {
    this.panel.close(back);
  }

  /** Ask for the reason of a verdict, or, with none, of the one that is pressed next. */
  openReason(judgement) {
    const field = reasonField(TEXT.decide.whyField, this.written());
    if (judgement !== null) {
      const title = TEXT.decide.reasonTitle(TEXT.decide.names[judgement]);
      this.open(title, [field], ({ why }) => this.judge(judgement, null, why.value.trim()));
      return;
    }
    this.open(TEXT.decide.reasonFirst, [field], ({ why }) => this.keepReason(why.value.trim()), {
      saves: TEXT.decide.keep,
      hint: TEXT.decide.reasonKeys,
      cancel: () => {
        this.reasons.delete(this.place);
        this.cancel();
      },
    });
  }

  openNote() {
    const field = reasonField(TEXT.decide.note);
    this.open(TEXT.decide.noteTitle, [field], ({ why }) => this.note(why.value.trim()));
  }

  openOther() {
    const why = this.written();
    const input = el("input", { name: "show", list: "shows", maxlength: "200", spellcheck: "false", required: true });
    const reason = reasonField(TEXT.decide.whyField, why);
    const named = new Set(this.targets().map((row) => row.show));
    const others = data.shows.filter((show) => named.size > 1 || !named.has(show));
    this.open(
      TEXT.decide.otherTitle,
      [
        el(
          "div",
          { class: "choices", role: "group", "aria-label": TEXT.decide.otherShow },
          others.slice(0, 12).map((show) =>
            el(
              "button",
              { type: "button", onclick: () => this.judge("other-show", show) },
              el("bdi", {}, show),
            ),
          ),
        ),
        el("label", { class: "field" }, el("span", {}, TEXT.decide.otherHint), input),
        el("datalist", { id: "shows" }, others.map((show) => el("option", { value: show }))),
        reason,
      ],
      ({ show, why: field }) => {
        const name = show.value.trim();
        if (name) this.judge("other-show", name, field.value.trim());
        else {
          this.refuse(TEXT.decide.otherMissing);
          show.focus();
        }
      },
    );
  }

  /** Do what a key of the bar says; return whether it is one. */
  key(event) {
    const key = event.key.toLowerCase();
    const does = {
      t: () => this.openNote(),
      r: () => this.openReason(null),
      z: () => this.undo(),
    };
    // A key that is held down must not decide what nobody has looked at.
    if (event.repeat && (key in JUDGEMENTS || key in does)) return true;
    if (this.inner.hidden && (key in JUDGEMENTS || key === "t" || key === "r")) this.refuse(TEXT.decide.nothingChosen);
    else if (key in JUDGEMENTS) this.press(JUDGEMENTS[key], event.shiftKey);
    else if (key in does && !event.shiftKey) does[key]();
    else return false;
    return true;
  }
}
