// Two pictures that lie on each other: side by side, blended, wiped, and their difference.

const MODES = [
  ["side", "Side by side", null],
  ["blend", "Blend", "How much of the reference"],
  ["wipe", "Wipe", "Where the reference begins"],
  ["difference", "Difference", "How strongly it is shown"],
];
const OUTLINE = ["outline", "Outline", "How much of the reference"];

/**
 * Return a viewer of an aligned pair.
 *
 * `pair` has `query` and `reference`, each { number, label }, and `regions`: boxes as shares. With
 * `outline`, the address of the query's lines on nothing, these can be laid over the reference.
 */
function viewer(pair) {
  const query = layer(pair.query, pair.regions, "query");
  const reference = layer(pair.reference, pair.regions, "reference");
  const lines = pair.outline ? el("img", { alt: "The lines of this file", draggable: "false" }) : null;
  const stage = el(
    "div",
    { class: "pair side" },
    query,
    reference,
    lines && el("figure", { class: "layer lines" }, el("div", { class: "canvas" }, lines)),
  );
  const slider = el("input", { type: "range", min: "0", max: "100", value: "50", "aria-label": "Blend" });
  const caption = el("span", { class: "quiet" });
  const strength = el("label", { class: "slider" }, caption, slider);
  let mode = "side";
  // Every mode keeps its own value.
  const values = { side: "50", blend: "50", wipe: "50", difference: "15", outline: "70" };
  const apply = () => {
    values[mode] = slider.value;
    const share = Number(slider.value) / 100;
    reference.style.opacity = mode === "blend" || mode === "outline" ? String(share) : "";
    reference.style.clipPath = mode === "wipe" ? `inset(0 0 0 ${100 * share}%)` : "";
    // From once to eight times as strong.
    stage.style.filter = mode === "difference" ? `brightness(${1 + 7 * share})` : "";
  };
  const buttons = (lines ? [...MODES, OUTLINE] : MODES).map(([name, title, means], at) => {
    const button = el(
      "button",
      { type: "button", "aria-pressed": String(name === "side"), "data-mode": name, title: `Key ${at + 1}` },
      title,
    );
    button.addEventListener("click", () => {
      mode = name;
      if (name === "outline") lines.src = pair.outline; // drawn when it is asked for
      slider.value = values[name];
      stage.className = `pair ${name}${stage.classList.contains("bare") ? " bare" : ""}`;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      strength.hidden = means === null;
      caption.textContent = means ?? "";
      slider.setAttribute("aria-label", means ?? title);
      apply();
    });
    return button;
  });
  strength.hidden = true;
  slider.addEventListener("input", apply);
  const boxes = pair.regions.length
    ? el(
        "label",
        { class: "choice" },
        el("input", {
          type: "checkbox",
          checked: true,
          onchange: (event) => stage.classList.toggle("bare", !event.target.checked),
        }),
        el("span", {}, "Regions that differ"),
      )
    : null;
  const node = el(
    "div",
    { class: "viewer", role: "group", "aria-label": "The aligned pictures" },
    el(
      "div",
      { class: "modes" },
      el("div", { class: "segmented", role: "group", "aria-label": "How they are shown" }, buttons),
      strength,
      boxes,
    ),
    stage,
  );
  node.press = (at) => buttons[at]?.click();
  return node;
}

function layer(side, regions, name) {
  return el(
    "figure",
    { class: `layer ${name}` },
    el(
      "div",
      { class: "canvas" },
      image(side.number, side.label),
      boxesOver(regions.map((box) => ({ box, kind: "region" }))),
    ),
    el("figcaption", {}, side.label),
  );
}

/** Return boxes to lay over a picture: { box, kind, title }, as shares of it. */
function boxesOver(boxes) {
  return svg(
    "svg",
    { class: "boxes", viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" },
    boxes.map(({ box: [x, y, width, height], kind, title }) =>
      svg("rect", { x, y, width, height, class: kind }, title ? svg("title", {}, title) : null),
    ),
  );
}
