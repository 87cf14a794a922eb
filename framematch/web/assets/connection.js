// Who sits at the desk, and whether the desk is there.

const NAME_KEY = "framematch-reviewer";
/** Where a tab keeps the name: a change holds against the name that this desk was given, no other. */
const TAB_KEY = data.reviewer_given ? `${NAME_KEY} ${data.reviewer}` : NAME_KEY;

/** Return the name of who decides; empty where none is said. */
function reviewer() {
  return (byId("who")?.value ?? "").trim();
}

/** Return the name that the tab or the browser keeps, if any. */
function keptName() {
  try {
    // Opened by the address with the token, the desk says who decides.
    if (data.reviewer_given && openedAnew) sessionStorage.removeItem(TAB_KEY);
    return sessionStorage.getItem(TAB_KEY) || (data.reviewer_given ? null : localStorage.getItem(NAME_KEY));
  } catch {
    // A browser may keep nothing; then the desk's own suggestion stands.
    return null;
  }
}

/** Let the name be changed: for this tab, and for other times where the desk was given none. */
function buildWho(changed) {
  const field = byId("who");
  field.value = keptName() || data.reviewer;
  field.addEventListener("input", () => {
    try {
      sessionStorage.setItem(TAB_KEY, reviewer());
      if (!data.reviewer_given) localStorage.setItem(NAME_KEY, reviewer());
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
  /** Why nothing can be decided, or null. */
  trouble: null,
  entries: null,

  /** Take note of an own entry. */
  knows(number) {
    this.entries = Math.max(this.entries ?? 0, number);
  },

  /** Take note of whether the desk answers ("there"), is "gone", or was started "anew". */
  heard(how) {
    const trouble = { gone: TEXT.desk.lost, anew: TEXT.desk.anew }[how] ?? null;
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    byId("connection").className = trouble ? "lost" : "";
    byId("connection").replaceChildren(trouble ?? "");
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
