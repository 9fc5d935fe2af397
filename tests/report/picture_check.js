/* Injected into a copy of a page by t_picture.sh: does any text overlap another, or lie outside of its picture or of the page? */
(() => {
  const bad = [];
  const shown = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0; };
  const box = e => { const r = e.getBoundingClientRect(); return { l: r.left, r: r.right, t: r.top, b: r.bottom, s: e.textContent.slice(0, 40) }; };
  const inside = (a, o, what) => {
    if (a.l < o.l - 1 || a.r > o.r + 1 || a.t < o.t - 1 || a.b > o.b + 1) bad.push("cut " + what + ": " + a.s);
  };
  const pairs = (all, what) => {
    all.sort((x, y) => x.t - y.t);
    for (let i = 0; i < all.length; i++)
      for (let k = i + 1; k < all.length && all[k].t < all[i].b - 2; k++)
        if (all[k].l < all[i].r - 1 && all[i].l < all[k].r - 1 && all[i].t < all[k].b - 2)
          bad.push("overlap in " + what + ": " + all[i].s + " | " + all[k].s);
  };
  let texts = 0;
  for (const svg of document.querySelectorAll("svg")) {
    const lines = [];
    for (const t of svg.querySelectorAll("text")) {
      const spans = t.querySelectorAll("tspan");
      for (const e of spans.length ? spans : [t]) lines.push(box(e));
    }
    const frame = box(svg);
    lines.forEach(l => inside(l, frame, "picture"));
    pairs(lines, "a picture");
    texts += lines.length;
  }
  const page = { l: 0, r: document.documentElement.clientWidth, t: -1e9, b: 1e9 };
  const blocks = [...document.querySelectorAll("h1,h2,h3,p,li,th,td,summary,body>svg,.side>svg,.side>div")].filter(shown);
  for (const e of blocks) if (!e.closest(".wide")) inside(box(e), page, e.tagName);
  pairs([...document.querySelectorAll("th,td,h1,h2,h3,p,summary")].filter(shown).filter(e => !e.closest(".wide")).map(box), "the page");
  const root = document.documentElement;
  if (document.querySelector("main") && root.scrollWidth > root.clientWidth) bad.push("the page scrolls sideways: " + root.scrollWidth + " in " + root.clientWidth);
  if (texts + blocks.length === 0) bad.push("nothing is there");
  const told = parent.document.documentElement;
  told.setAttribute("data-width", window.innerWidth);
  told.setAttribute("data-texts", texts);
  told.setAttribute("data-bad", bad.slice(0, 8).join(" ;; ") || "none");
})();
