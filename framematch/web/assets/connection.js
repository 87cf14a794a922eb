// Who sits at the desk, and whether the desk is there.

const NAME_KEY = "framematch-reviewer";

/** Return the name of who decides; empty where none is said. */
function reviewer() {
  return (byId("who")?.value ?? "").trim();
}

/** Let the name be changed, and keep it for the next time. */
function buildWho(changed) {
  const field = byId("who");
  let known = null;
  try {
    known = localStorage.getItem(NAME_KEY);
  } catch {
    // A browser may keep nothing; then the desk's own suggestion stands.
  }
  field.value = known || data.reviewer;
  field.addEventListener("input", () => {
    try {
      localStorage.setItem(NAME_KEY, reviewer());
    } catch {
      // As above.
    }
  });
  field.addEventListener("change", changed);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") {
      field.blur();
      focusView();
    }
  });
}

/** Milliseconds between two looks at whether the desk is there. */
const LOOK_MS = 8000;

/** What is known of the desk: whether it answers, and how long its log is. */
const connection = {
  lost: false,
  entries: null,

  /** Take note of an own entry. */
  knows(number) {
    this.entries = Math.max(this.entries ?? 0, number);
  },

  /** Say that the desk is gone, or there again. */
  heard(there) {
    if (there === !this.lost) return;
    this.lost = !there;
    byId("connection").className = there ? "" : "lost";
    byId("connection").replaceChildren(there ? "" : TEXT.desk.lost);
  },

  /** Look from time to time; `idle()` says whether nothing is under way. */
  async watch(idle) {
    if (!document.hidden) {
      const quiet = idle();
      const said = await ask("/health").catch(() => null);
      const entries = said?.case?.log_entries ?? null;
      this.entries ??= entries;
      if (quiet && idle() && entries !== null && entries > this.entries) this.others();
    }
    setTimeout(() => this.watch(idle), LOOK_MS);
  },

  /** Say that another window has decided something. */
  others() {
    byId("connection").className = "others";
    byId("connection").replaceChildren(
      `${TEXT.desk.moved} `,
      el("button", { type: "button", onclick: () => location.reload() }, TEXT.desk.reload),
    );
  },
};

addEventListener("desk", (event) => connection.heard(event.detail));
