// Reading the data that stands in the page: JSON and pictures in elements that never run.

/** Return the JSON of an element that is there already. */
function readJson(id) {
  return JSON.parse(byId(id).textContent);
}

/** Wait until the browser has read an element of the page to its end, and return it. */
function whenRead(id) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const node = byId(id);
      // Something stands behind it: it is complete.
      if (node !== null && (node.nextSibling !== null || document.readyState !== "loading")) resolve(node);
      else if (document.readyState === "loading") setTimeout(look, 40);
      else reject(new Error(`the page ends before ${id}: it was not copied in full`));
    };
    look();
  });
}

/** Return the JSON of an element, as soon as it is there. */
async function readJsonLater(id) {
  return JSON.parse((await whenRead(id)).textContent);
}

/** Return an address under which an <img> finds picture `number` of the page. */
async function pictureAddress(number) {
  let node = await whenRead(`p${number}`);
  if (node.type === "text/plain") node = await whenRead(node.textContent);
  return `data:${node.type};base64,${node.textContent}`;
}

/** Return an image that shows picture `number` once it is there. */
function image(number, alt, attributes = {}) {
  const node = el("img", { alt, decoding: "async", draggable: "false", ...attributes });
  pictureAddress(number).then(
    (address) => {
      node.src = address;
    },
    () => {
      node.alt = `${alt} (missing)`;
    },
  );
  return node;
}
