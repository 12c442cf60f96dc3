// The player: it says so where no sound comes; its picture shows how far it has played, and is a
// place to go to, by pointer or by key.
// The audio element keeps its own controls; without this script or without a picture it works.
"use strict";

(() => {
  const audio = document.getElementById("player");
  const picture = document.getElementById("waveform");
  if (!audio) {
    return;
  }
  const failed = document.getElementById("player-failed");
  audio.addEventListener("error", () => { failed.hidden = false; });
  audio.addEventListener("loadeddata", () => { failed.hidden = true; });
  if (!picture) {
    return;
  }
  const played = document.getElementById("waveform-played");
  const width = Number(picture.dataset.width);
  const length = Number(picture.dataset.seconds);

  // What the browser has found out, once it has; until then what was stored with the recording.
  const duration = () => (Number.isFinite(audio.duration) ? audio.duration : length);

  const clock = (seconds) => {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  };

  const show = (seconds) => {
    const share = duration() > 0 ? Math.min(1, seconds / duration()) : 0;
    played.setAttribute("width", String(share * width));
    picture.setAttribute("aria-valuenow", String(Math.round(seconds)));
    picture.setAttribute("aria-valuetext", `${clock(seconds)} / ${clock(duration())}`);
  };

  const go = (seconds) => {
    const to = Math.max(0, Math.min(duration(), seconds));
    show(to);
    if (audio.readyState > 0) {
      audio.currentTime = to;
      return;
    }
    // Nothing is loaded before somebody asks: each load is in the audit log.
    audio.addEventListener("loadedmetadata", () => { audio.currentTime = to; }, { once: true });
    audio.preload = "metadata";
    audio.load();
  };

  const steps = {
    ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30,
  };

  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    go(((event.clientX - box.left) / box.width) * duration());
  });
  picture.addEventListener("keydown", (event) => {
    if (event.key in steps) {
      go(audio.currentTime + steps[event.key]);
    } else if (event.key === "Home") {
      go(0);
    } else if (event.key === "End") {
      go(duration());
    } else if (event.key === " " || event.key === "Enter") {
      if (audio.paused) {
        audio.play();
      } else {
        audio.pause();
      }
    } else {
      return;
    }
    event.preventDefault();
  });
  audio.addEventListener("timeupdate", () => show(audio.currentTime));
  audio.addEventListener("seeked", () => show(audio.currentTime));
  show(0);
})();
