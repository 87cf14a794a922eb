// The panel of the bar: where a reason, a note or a show is written before it is sent.

class Panel {
  constructor() {
    this.node = el("form", { class: "panel", hidden: true, autocomplete: "off", "aria-labelledby": "panel-title" });
    this.node.addEventListener("submit", (event) => event.preventDefault());
    /** What had the focus before it was opened. */
    this.before = null;
  }

  get isOpen() {
    return !this.node.hidden;
  }

  /** Return what is written in a field of it, or null where it has none. */
  text(name) {
    return this.node.elements[name]?.value.trim() ?? null;
  }

  /** Open it with a title and fields; `save` is called with the form's, `cancel` by Escape. */
  open(title, fields, save, { cancel, saves = TEXT.decide.save, hint = TEXT.decide.fieldKeys }) {
    this.before = document.activeElement;
    const run = () => save(this.node.elements);
    this.node.replaceChildren(
      el("strong", { id: "panel-title" }, title),
      ...fields,
      el(
        "div",
        { class: "panel-end" },
        el("button", { type: "button", class: "first", onclick: run }, saves),
        el("button", { type: "button", onclick: cancel }, TEXT.decide.cancel),
        el("small", {}, hint),
      ),
    );
    this.node.onkeydown = (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") cancel();
      else if (event.key === "Enter" && !event.shiftKey && event.target.matches("input, textarea")) run();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    this.node.hidden = false;
    this.node.querySelector("input, textarea").focus();
  }

  /** Close it; keys go on where they were. */
  close(back) {
    if (!this.isOpen) return;
    const inside = this.node.contains(document.activeElement);
    this.node.hidden = true;
    this.node.replaceChildren();
    if (!back && !inside) return;
    if (this.before?.isConnected && this.before !== document.body) this.before.focus({ preventScroll: true });
    else focusView();
  }
}

function reasonField(label, why = "") {
  return el(
    "label",
    { class: "field" },
    el("span", {}, label),
    el("textarea", { name: "why", rows: "2", maxlength: "4000" }, why),
  );
}

/** Letters of a waiting reason that are shown. */
const SHOWN_OF_REASON = 60;

/** Return buttons that show a reason that waits for a verdict: one changes it, one drops it. */
function waitingReason(why, change, drop) {
  const short = why.length > SHOWN_OF_REASON ? `${why.slice(0, SHOWN_OF_REASON)}…` : why;
  return [
    el(
      "button",
      { type: "button", title: why, onclick: change },
      el("b", {}, TEXT.decide.reasonWaits, " ", el("bdi", {}, short), " ", el("small", {}, TEXT.decide.reasonKey)),
    ),
    el("button", { type: "button", class: "small", onclick: drop }, TEXT.decide.dropReason),
  ];
}
