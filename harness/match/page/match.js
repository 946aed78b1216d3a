// Joins the player, the pictures and the knobs. 0 is the target, 1 the match, from 2 alternatives.
{
  const main = document.querySelector("main");
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const sounds = all(".plain audio");
  const seconds = Number(main.dataset.seconds);
  const buttons = all(".switch button");
  const names = buttons.map((button) => button.dataset.name);
  const play = one(".play");
  const loop = one(".loop");
  const range = one(".place input");
  const clock = one(".clock");
  const live = one(".live");
  const marks = all(".now");
  const digits = seconds < 1 ? 3 : seconds < 10 ? 2 : 1;
  let heard = 0;
  let shown = 1;

  const place = () => {
    const at = player.position;
    const share = at / seconds;
    marks.forEach((mark) => { mark.style.left = `${100 * share}%`; });
    range.value = String(Math.round(1000 * share));
    range.style.setProperty("--share", share);
    const text = `${at.toFixed(digits)} of ${seconds.toFixed(digits)} s`;
    range.setAttribute("aria-valuetext", text);
    clock.textContent = text;
    main.dataset.position = at.toFixed(3);
  };

  const follow = () => {
    place();
    if (player.playing) requestAnimationFrame(follow);
  };

  const say = () => {
    main.dataset.playing = String(player.playing);
    play.setAttribute("aria-pressed", String(player.playing));
    play.setAttribute("aria-label", player.playing ? "Pause" : "Play");
    live.textContent = `${player.playing ? "Playing" : "Paused"}: ${names[heard]}`;
  };

  const player = new Player(sounds.map((sound) => sound.src), Number(main.dataset.rate), seconds, () => {
    say();
    follow();
  });

  const show = (version) => {
    shown = version;
    main.dataset.shown = names[version];
    all("[data-version]").forEach((part) => part.classList.toggle("shown", part.dataset.version === String(version)));
    all("[data-column]").forEach((cell) => cell.classList.toggle("shown", cell.dataset.column === String(version)));
    one("[data-shown-name]").textContent = names[version];
    for (const far of all(".far")) far.textContent = far.getAttribute(`data-far-${version}`);
    for (const rack of all(".rack")) rack.classList.toggle("compared", version > 1);
    for (const knob of all(".knob")) {
      knob.style.setProperty("--gene", knob.getAttribute(`data-gene-${version}`));
      knob.querySelector(".value").textContent = knob.getAttribute(`data-text-${version}`);
      knob.classList.toggle("differs", knob.hasAttribute(`data-far-${version}`));
    }
  };

  const hear = (sound) => {
    heard = sound;
    player.hear(sound);
    main.dataset.heard = names[sound];
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === sound)));
    one(".of-target").classList.toggle("heard", sound === 0);
    one(".of-match").classList.toggle("heard", sound > 0);
    if (sound > 0 && sound !== shown) show(sound);
    const strip = one(".switch");
    const { offsetLeft, offsetWidth } = buttons[sound];
    strip.scrollLeft = offsetLeft - (strip.clientWidth - offsetWidth) / 2;
    say();
  };

  const turn = () => (player.playing ? player.pause() : player.play());
  const seek = (to) => { player.seek(to); place(); };
  const repeat = () => {
    player.repeat(!player.loop);
    loop.setAttribute("aria-pressed", String(player.loop));
    main.dataset.loop = String(player.loop);
  };

  play.addEventListener("click", turn);
  loop.addEventListener("click", repeat);
  buttons.forEach((button, i) => button.addEventListener("click", () => hear(i)));
  range.addEventListener("input", () => seek((seconds * Number(range.value)) / 1000));
  for (const area of all("[data-seek]")) {
    let from = null;
    const follows = (event) => {
      const box = area.getBoundingClientRect();
      seek((seconds * (event.clientX - box.left)) / box.width);
    };
    area.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      from = event.clientX;
      area.setPointerCapture(event.pointerId);
      if (event.pointerType === "mouse") follows(event);
    });
    // A finger that scrolls the page past a picture moves nothing.
    area.addEventListener("pointermove", (event) => {
      if (from !== null && (event.pointerType === "mouse" || Math.abs(event.clientX - from) > 8)) follows(event);
    });
    area.addEventListener("pointerup", (event) => {
      if (from !== null && event.pointerType !== "mouse") follows(event);
      from = null;
    });
    area.addEventListener("pointercancel", () => { from = null; });
  }

  // A key does what it does anywhere on the page, unless the element in focus needs it.
  const spaceIsTaken = (element) => element.matches("a, summary, audio, .loop, .switch [aria-pressed=false]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.repeat && !event.key.startsWith("Arrow")) return;
    const focus = event.target;
    const sound = (Number(event.key) + 9) % 10; // 0 is the tenth
    if (event.key === " " && !spaceIsTaken(focus)) turn();
    else if (/^[0-9]$/.test(event.key) && sound < names.length) {
      hear(sound);
      if (buttons.includes(focus)) buttons[sound].focus();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      if (focus.matches("audio, .scroll")) return;
      const by = Math.max(seconds / 40, 0.001) * (event.key === "ArrowLeft" ? -1 : 1);
      seek(player.position + by);
    } else if (event.key === "Home") seek(0);
    else if (event.key.toLowerCase() === "l") repeat();
    else return;
    event.preventDefault();
  });

  if (typeof AudioContext === "function") {
    document.documentElement.classList.add("scripted");
    one(".player").hidden = false;
    one(".keys").hidden = false;
  }
  show(1);
  hear(0);
  place();
}
