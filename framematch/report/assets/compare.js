// The page of a comparison: the viewer over its two pictures.

byId("pair").append(viewer({
  query: { number: 0, label: "A, as it lies on B" },
  reference: { number: 1, label: "B" },
  regions: JSON.parse(byId("pair").dataset.regions),
}));
byId("measured").append(image(2, "The difference of both"));
addEventListener("keydown", (event) => {
  if ("1234".includes(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) document.querySelector(".viewer").press(Number(event.key) - 1);
});
document.documentElement.dataset.ready = "yes";
