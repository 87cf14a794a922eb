// Asking the desk: what report.html reads from itself comes from the API here.

const API = "/api/v1";

/** Whether the page was opened by the address that the desk printed, and not loaded again. */
const openedAnew = new URLSearchParams(location.search).has("token");

// The cookie holds now what the address held: a copied address or a shared screen must not.
if (location.search) history.replaceState(null, "", location.pathname + location.hash);

/** Return the JSON of an element of the page. */
function readJson(id) {
  return JSON.parse(byId(id).textContent);
}

/** Ask the desk; what it refuses is an error with its message and `code`. */
async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(`${API}${path}`, { credentials: "same-origin", ...options });
  } catch {
    dispatchEvent(new CustomEvent("desk", { detail: "gone" }));
    throw Object.assign(new Error(TEXT.desk.gone), { code: "gone" });
  }
  // Told before the content is read: what comes later may tell that the desk is gone.
  if (answer.status !== 401) dispatchEvent(new CustomEvent("desk", { detail: "there" }));
  const said = await answer.json().catch(() => null);
  // The page had a token once: that it has none now means that another desk answers.
  const anew = said?.error?.code === "no-token";
  if (anew) {
    dispatchEvent(new CustomEvent("desk", { detail: "anew" }));
    throw Object.assign(new Error(TEXT.desk.anew), { code: "no-token" });
  }
  if (!answer.ok)
    throw Object.assign(new Error(said?.error?.message ?? TEXT.desk.failed(answer.status)), {
      code: said?.error?.code ?? "failed",
    });
  return said;
}

/** Send JSON to the desk. */
function send(path, content) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  });
}

/** Return the address of a picture of the case; one that is an address already stays it. */
function pictureAt(name) {
  return name.startsWith("/") ? name : `${API}/pictures/${encodeURIComponent(name)}`;
}

/** Return an image of the case by its name, or any of the desk's by its address. */
function image(name, alt, attributes = {}) {
  const node = el("img", { alt, decoding: "async", draggable: "false", ...attributes });
  node.addEventListener("error", () => {
    node.alt = TEXT.desk.missing(alt);
  });
  node.src = pictureAt(name);
  return node;
}

/** Return the address of the lines of a finding's picture. */
function outlineOf(row) {
  // A file that was dropped is no finding.
  if (row.key === undefined) return row.outline;
  return `${API}/finding/outline?key=${encodeURIComponent(row.key)}`;
}

/** What was read of findings: the one that is looked at, and the one that comes next. */
const kept = new Map();

/** Return all that is said of a finding. */
function detailOf(row) {
  if (!kept.has(row.key)) {
    if (kept.size > 40) kept.delete(kept.keys().next().value);
    const coming = ask(`/finding?key=${encodeURIComponent(row.key)}`);
    kept.set(row.key, coming);
    coming.catch(() => kept.delete(row.key));
  }
  return kept.get(row.key);
}

/** Read a finding and its pictures before anybody looks at it. */
async function readAhead(row) {
  if (!row) return;
  const said = await detailOf(row).catch(() => null);
  for (const name of [said?.evidence?.query, said?.evidence?.reference, said?.evidence?.whole])
    if (name) new Image().src = pictureAt(name);
}
