// Asking the desk: what report.html reads from itself comes from the API here.

const API = "/api/v1";

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
    throw Object.assign(new Error("The desk does not answer: it was stopped. Start it again and reload."), {
      code: "gone",
    });
  }
  const said = await answer.json().catch(() => null);
  if (!answer.ok)
    throw Object.assign(new Error(said?.error?.message ?? `the desk answered ${answer.status}`), {
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

/** Return all that is said of a finding, by its row's place: `readJsonLater("d12")`. */
function readJsonLater(id) {
  return ask(`/finding?key=${encodeURIComponent(rows[Number(id.slice(1))].key)}`);
}

/** Return an image of the case by its name. */
function image(name, alt, attributes = {}) {
  const node = el("img", { alt, decoding: "async", draggable: "false", ...attributes });
  node.addEventListener("error", () => {
    node.alt = `${alt} (missing)`;
  });
  node.src = `${API}/pictures/${encodeURIComponent(name)}`;
  return node;
}
