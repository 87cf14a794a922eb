// What a finding rests on, as sections of its view.

function section(title, ...children) {
  return el("section", { class: "card" }, el("h2", {}, title), children);
}

/** Return why the show was named, or was not. */
function whyDecided(row, said) {
  const expected = said.expected_false_matches;
  return section(
    "Why it was decided",
    facts([
      ["Verdict", `${words.verdicts[row.verdict][0]}: ${words.verdicts[row.verdict][1]}`],
      [
        "Confidence",
        row.verdict === "unreadable"
          ? null
          : `${percent(row.confidence)}, a calibrated probability given this reference set`,
      ],
      [
        "Episodes",
        said.episodes === null
          ? null
          : `${row.episode} (${percent(said.episodes.mass)} of the probability lies in ${said.episodes.first === said.episodes.last ? said.episodes.first : `${said.episodes.first} to ${said.episodes.last}`})`,
      ],
      [
        "Expected false matches",
        expected === null ? null : `${expected} rows of an index of this size would be as near by chance: an order of magnitude, and by the codes alone; the confidence rests on the lines that were compared after them`,
      ],
      [
        "Candidates",
        said.candidates.length
          ? el(
              "ul",
              { class: "plain" },
              said.candidates.map((one) => el("li", {}, `${one.show}: ${percent(one.confidence)}`)),
            )
          : null,
      ],
      ["Error", said.error],
    ]),
    said.matches.length
      ? matchTable(said.matches)
      : el("p", { class: "quiet" }, "No place in a reference was confirmed."),
  );
}

function matchTable(matches) {
  const columns = [
    ["Reference"],
    ["At", true],
    ["In the file", true],
    ["Length", true],
    ["Found by"],
    ["Distance", true],
    ["Similarity", true],
    ["Score", true],
  ];
  return table(
    columns,
    matches.map((match) => [
      el(
        "span",
        { class: "together", title: data.references[match.reference]?.[0] ?? match.reference },
        `${match.show} ${match.episode ?? ""}`,
      ),
      clock(match.reference_s),
      clock(match.query_s),
      match.duration_s ? clock(match.duration_s) : "still",
      `${match.code}${match.mirrored ? ", mirrored" : ""}`,
      `${match.distance} bits`,
      match.similarity.toFixed(3),
      match.score.toFixed(3),
    ]),
  );
}

/** Return how finished it is, and how it stands to the release. */
function howFar(row, said) {
  const release = said.release;
  return section(
    "Stage, and the released frame",
    facts([
      [
        "Stage",
        said.stage === null
          ? "not told"
          : el(
              "span",
              { class: "stage" },
              el("i", { class: `dot stage-${row.stage}` }),
              `${words.stages[row.stage]?.[0] ?? row.stage}, ${percent(said.stage.confidence)}: ${words.stages[row.stage]?.[1] ?? ""}`,
            ),
      ],
      ["Flags", row.flags.map((flag) => `${flag}: ${words.flags[flag] ?? ""}`).join("; ")],
      [
        "Because",
        said.stage_reasons.length
          ? el(
              "ul",
              { class: "plain" },
              said.stage_reasons.map((reason) => el("li", {}, reason)),
            )
          : null,
      ],
      [
        "Release",
        release === null
          ? "nothing was matched that it could be held against"
          : `${words.relations[release.relation][0]}: ${words.relations[release.relation][1]}`,
      ],
      [
        "What differs",
        release?.differs.length
          ? el(
              "ul",
              { class: "plain" },
              release.differs.map((what) => el("li", {}, what)),
            )
          : null,
      ],
      ["Differing share", release?.differing_share == null ? null : percent(release.differing_share)],
      ["Signal to noise", release?.psnr_db == null ? null : `${release.psnr_db} dB`],
      ["Held against", release === null ? null : words.bases[release.basis]],
      ["Time of the frame", release?.frame_s == null ? null : clock(release.frame_s)],
    ]),
  );
}

/** Return what lies beside the picture: never part of the confidence. */
function corroboration(said) {
  const { code, siblings, metadata } = said;
  if (code === null && siblings === null && !metadata.length) return null;
  return el(
    "section",
    { class: "card aside" },
    el("h2", {}, "Corroboration, not part of the confidence"),
    el(
      "p",
      { class: "quiet" },
      "What names, neighbours and the file itself say. None of it entered the confidence above.",
    ),
    el(
      "div",
      { class: "columns three" },
      code === null
        ? null
        : el(
            "div",
            {},
            el("h3", {}, "Production code in the name ", agreement(code.agrees)),
            facts([
              ["Code", el("code", {}, code.text)],
              ["Show", code.show],
              [
                "Episode",
                code.episode === null
                  ? null
                  : `${code.season === null ? "" : `season ${code.season}, `}episode ${code.episode}`,
              ],
              ["Scene, shot", [code.scene, code.shot].filter(Boolean).join(", ")],
              ["Version", code.version],
            ]),
          ),
      siblings === null
        ? null
        : el(
            "div",
            {},
            el("h3", {}, "Files beside it ", agreement(siblings.agrees)),
            facts([
              ["Where", el("span", { class: "path" }, siblings.group)],
              ["Attributed to", siblings.show ?? "no single show"],
              [
                "How many",
                `${count(siblings.n_show)} to that show, ${count(siblings.n_other)} to another, ${count(siblings.n_none)} to none`,
              ],
            ]),
          ),
      metadata.length
        ? el(
            "div",
            {},
            el("h3", {}, "Metadata"),
            el(
              "p",
              { class: "warning" },
              "Anybody can write anything into metadata; it proves nothing by itself.",
            ),
            table(
              [["About"], ["Value"], ["Where it stands"]],
              metadata.map((item) => [item.field, el("bdi", { class: "said" }, item.value), item.source]),
            ),
          )
        : null,
    ),
  );
}

function agreement(agrees) {
  if (agrees === null) return el("span", { class: "badge" }, "nothing to compare");
  return el(
    "span",
    { class: `badge ${agrees ? "match" : "inconclusive"}` },
    agrees ? "agrees" : "does not agree",
  );
}

/** Return the other versions of its shot, in order. */
function versions(row, said) {
  if (said.version === null) return null;
  const others = rows.filter((other) => other.shot === row.shot).sort((a, b) => a.turn - b.turn || a.n - b.n);
  return section(
    `Version ${said.version.number} of ${said.version.of}`,
    el(
      "p",
      { class: "quiet" },
      `Shot ${said.version.shot}, ordered by ${said.version.ordered_by === "name" ? "the numbers in the names" : "how finished they are"}.`,
    ),
    el(
      "ol",
      { class: "versions" },
      others.slice(0, 60).map((other) =>
        el(
          "li",
          { class: other === row ? "here" : null },
          el(
            "a",
            {
              href: addressOf({ ...state, view: "finding", finding: other.key }),
              "aria-current": other === row ? "true" : null,
            },
            other.picture === null ? null : image(other.picture, "", { class: "thumb" }),
            el(
              "span",
              {},
              el("i", { class: `dot stage-${other.stage}` }),
              `${other.turn}. ${words.stages[other.stage]?.[0] ?? other.stage}`,
            ),
          ),
        ),
      ),
    ),
    others.length > 60 ? el("p", { class: "quiet" }, `and ${count(others.length - 60)} more`) : null,
  );
}

/** Return every place of the file, its digests, and what became of it from run to run. */
function filesAndHistory(row, said) {
  const files = said.files;
  const shown = files.slice(0, 200);
  const past =
    row.last_run !== data.run
      ? `gone: seen last in run ${row.last_run}`
      : `there in run ${row.last_run}, the last one`;
  return section(
    "Files and history",
    facts([
      ["Identity", el("code", {}, row.key)],
      ["History", `seen first in run ${said.first_run}; ${past}`],
      [
        "Moved",
        said.moves.length
          ? el(
              "ul",
              { class: "plain" },
              said.moves.map((move) =>
                el(
                  "li",
                  {},
                  `${words.moved[move.moved][0]}: ${move.path}`,
                  move.before ? `, before: ${move.before}` : "",
                ),
              ),
            )
          : null,
      ],
      ["Human verdict", said.human === null && !deciding ? "none recorded in this case" : null],
    ]),
    table(
      [["Path"], ["Size", true], ["Changed last, by its folder"], ["SHA-256 and MD5"]],
      shown.map((file) => [
        el("bdi", { class: "path" }, file.path),
        bytes(file.size),
        file.modified ?? "",
        file.sha256 === null
          ? ""
          : el("span", { class: "digests" }, el("code", {}, file.sha256), el("code", {}, file.md5 ?? "")),
      ]),
    ),
    files.length > shown.length
      ? el("p", { class: "quiet" }, `and ${count(files.length - shown.length)} more; files.csv has them all`)
      : null,
  );
}

/**
 * Return what people decided, which stands beside what the machine says and never in it.
 *
 * `beside(one)` returns what stands at the end of an opinion or remark.
 */
function peopleDecided(said, beside = () => null) {
  if (said.human === null) return null;
  const line = (one, ...parts) =>
    el(
      "li",
      {},
      el("strong", {}, el("bdi", {}, one.who)),
      el("span", { class: "quiet" }, `, ${one.when.replace("T", " ").replace("Z", " UTC")}, entry ${one.number}: `),
      parts,
      beside(one),
    );
  return section(
    "What people decided",
    el(
      "p",
      { class: "quiet" },
      said.human.disputed
        ? "They say what cannot both be so. The machine's verdict above is as it was."
        : "From the verdict log of the case. The machine's verdict above is as it was.",
    ),
    el(
      "ul",
      { class: "plain" },
      said.human.opinions.map((one) =>
        line(
          one,
          words.human[one.judgement][0],
          one.show === null ? null : el("bdi", {}, ` (${one.show})`),
          one.why ? el("bdi", { class: "said" }, `: ${one.why}`) : null,
        ),
      ),
      said.human.remarks.map((one) => line(one, el("bdi", { class: "said" }, one.text))),
    ),
  );
}
