// The reference at the matched second: its film where the file is at hand, else the index's pictures.

/** Seconds shown before and after a match that is a single picture. */
const AROUND = 1;
/** Pictures of the index beside each other. */
const STRIP = 9;

/** Return the card that shows where in the references a finding was matched, or null. */
function playerSection(row, said) {
  const matches = said.matches;
  if (!matches.length) return null;
  const place = el("div", { class: "player" });
  const choice = el(
    "select",
    { onchange: () => showPlace(place, matches[choice.selectedIndex]) },
    matches.map((match, at) =>
      el("option", { value: String(at) }, TEXT.player.place(match, clock(match.reference_s))),
    ),
  );
  const label = el("label", { class: "sorter" }, TEXT.player.which, " ", choice);
  const card = section(TEXT.player.title, label, place);
  card.classList.add("in-reference");
  // Nothing is read of a file that nobody looks at: the first time all of it is.
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    showPlace(place, matches[choice.selectedIndex]);
  });
  seen.observe(card);
  return card;
}

/** Show one match: the film, its frames, or the index's pictures. */
async function showPlace(node, match) {
  node.match = match;
  node.querySelector("video")?.removeAttribute("src");
  node.replaceChildren(el("p", { class: "quiet", role: "status" }, TEXT.player.reading));
  let reference;
  try {
    reference = await ask(`/references/${match.reference}`);
  } catch (error) {
    if (node.match === match)
      node.replaceChildren(el("p", { class: "quiet", role: "alert" }, TEXT.player.failed(error.message)));
    return;
  }
  // Another one may have been chosen since.
  if (node.match !== match) return;
  const stepping = (why) => node.replaceChildren(...frames(match, reference, why));
  if (!reference.reachable) node.replaceChildren(...strip(match, reference));
  else if (reference.media === "video" && reference.plays)
    node.replaceChildren(...film(match, reference, () => node.match === match && stepping(TEXT.player.notPlayed)));
  else stepping(reference.media === "video" ? TEXT.player.notPlayed : "");
}

/** Return the film, at the match; `fails` is called where the browser cannot play it. */
function film(match, reference, fails) {
  const start = match.reference_s;
  const span = match.duration_s ? [start, start + match.duration_s] : [start - AROUND, start + AROUND];
  const video = el("video", { controls: true, playsinline: true, preload: "auto", "aria-label": TEXT.player.title });
  video.muted = true;
  const at = el("output", { class: "number" });
  const loop = el("input", { type: "checkbox" });
  const go = (seconds) => {
    video.pause();
    video.currentTime = Math.min(Math.max(0, seconds), video.duration || reference.duration_s);
  };
  const step = reference.fps ? 1 / reference.fps : 1 / 24;
  // To the middle of a frame: at its edge the one before may be shown.
  const byFrames = (n) => go((Math.floor(video.currentTime / step + 1e-6) + n + 0.5) * step);
  const tell = () => {
    at.value = TEXT.player.at(clock(video.currentTime));
    const beyond = video.currentTime > Math.max(span[1], span[0] + AROUND) || video.currentTime < span[0] - 0.2;
    if (loop.checked && beyond) video.currentTime = Math.max(0, span[0]);
  };
  video.addEventListener("timeupdate", tell);
  video.addEventListener("seeked", tell);
  video.addEventListener("error", fails);
  video.addEventListener("loadedmetadata", () => {
    // Sound alone, where the pictures are of a codec that the browser does not know.
    if (!video.videoWidth) fails();
    else go(start + step / 2);
  });
  loop.addEventListener("change", () => {
    if (!loop.checked) return;
    video.currentTime = Math.max(0, span[0]);
    video.play().catch(() => {});
  });
  video.src = `${API}/references/${match.reference}/media`;
  return [
    video,
    controls(
      [TEXT.player.secondBack, () => go(video.currentTime - 1)],
      [TEXT.player.frameBack, () => byFrames(-1)],
      [TEXT.player.toMatch, () => go(start + step / 2)],
      [TEXT.player.frameOn, () => byFrames(1)],
      [TEXT.player.secondOn, () => go(video.currentTime + 1)],
      el("label", { class: "choice" }, loop, TEXT.player.loop),
      at,
    ),
    caption(TEXT.player.film(reference.path)),
  ];
}

/** Return single frames of the file, which the desk decodes. */
function frames(match, reference, why) {
  const picture = el("img", { class: "shown", alt: "", decoding: "async" });
  const at = el("output", { class: "number" });
  const length = Math.max(reference.duration_s, match.reference_s);
  const slider = el("input", { type: "range", min: "0", max: String(length), step: "any", "aria-label": TEXT.player.slider });
  const now = { time: match.reference_s, duration: 0, wanted: null, busy: false };
  const show = async (seconds) => {
    now.wanted = Math.min(Math.max(0, seconds), length);
    if (now.busy) return; // the one wanted last is read when this one is there
    now.busy = true;
    while (now.wanted !== null) {
      const wanted = now.wanted;
      now.wanted = null;
      try {
        const frame = await frameAt(match.reference, wanted);
        URL.revokeObjectURL(picture.src);
        Object.assign(now, frame);
        picture.src = frame.address;
        picture.alt = TEXT.player.shown(clock(frame.time));
        at.value = TEXT.player.at(clock(frame.time));
        slider.value = String(frame.time);
      } catch (error) {
        at.value = TEXT.player.failed(error.message);
      }
    }
    now.busy = false;
  };
  slider.addEventListener("input", () => show(Number(slider.value)));
  show(match.reference_s);
  const said = [why, TEXT.player.frames(reference.path)].filter(Boolean).join(" ");
  if (reference.media === "image") return [picture, caption(TEXT.player.picture(reference.path))];
  return [
    picture,
    controls(
      [TEXT.player.secondBack, () => show(now.time - 1)],
      [TEXT.player.frameBack, () => show(now.time - 0.001)],
      [TEXT.player.toMatch, () => show(match.reference_s)],
      [TEXT.player.frameOn, () => show(now.time + (now.duration || 1 / 24) + 0.001)],
      [TEXT.player.secondOn, () => show(now.time + 1)],
      slider,
      at,
    ),
    caption(said),
  ];
}

/** Read one frame: its address, its time and how long it stands. */
async function frameAt(sha256, seconds) {
  const answer = await fetch(`${API}/references/${sha256}/frame?at=${seconds}`, { credentials: "same-origin" });
  if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.error?.message ?? TEXT.desk.failed(answer.status));
  return {
    address: URL.createObjectURL(await answer.blob()),
    time: Number(answer.headers.get("X-FrameMatch-Time")),
    duration: Number(answer.headers.get("X-FrameMatch-Duration")),
  };
}

/** Return the index's pictures around the match. */
function strip(match, reference) {
  const list = el("ol", { class: "strip" });
  const state = el("output", { class: "number" });
  let middle = match.reference_s;
  const show = async () => {
    let said;
    try {
      said = await ask(`/references/${match.reference}/strip?at=${middle}&n=${STRIP}`);
    } catch (error) {
      state.value = TEXT.player.failed(error.message);
      return;
    }
    state.value = TEXT.player.at(clock(middle));
    const gap = (frame) => Math.abs(frame.timestamp_s - match.reference_s);
    const nearest = said.frames.reduce((best, one) => (gap(one) < gap(best) ? one : best), said.frames[0]);
    const isMatch = (frame) => frame === nearest && gap(frame) < AROUND + frame.duration_s;
    list.replaceChildren(
      ...said.frames.map((frame) =>
        el(
          "li",
          { "aria-current": isMatch(frame) ? "true" : null },
          image(frame.picture, TEXT.player.shown(clock(frame.timestamp_s))),
          el("small", {}, clock(frame.timestamp_s), isMatch(frame) ? `, ${TEXT.player.nearest}` : ""),
        ),
      ),
    );
    list.frames = said.frames;
  };
  const move = (way) => {
    const all = list.frames ?? [];
    if (all.length) middle = way < 0 ? all[0].timestamp_s : all.at(-1).timestamp_s;
    show();
  };
  const back = () => {
    middle = match.reference_s;
    show();
  };
  show();
  return [
    el("p", { class: "quiet" }, TEXT.player.strip, " ", TEXT.player.because(reference.why_not)),
    list,
    controls([TEXT.player.earlier, () => move(-1)], [TEXT.player.toMatch, back], [TEXT.player.later, () => move(1)], state),
  ];
}

/** Return a row of buttons: [title, what it does], or other elements. */
function controls(...parts) {
  return el(
    "div",
    { class: "steps", role: "group", "aria-label": TEXT.player.controls },
    parts.map((part) =>
      Array.isArray(part) ? el("button", { type: "button", onclick: part[1] }, part[0]) : part,
    ),
  );
}

function caption(text) {
  return el("p", { class: "quiet" }, text);
}
