// Runs before the first paint: puts theme, density and language on the page, then starts the client.
// A file of its own because the page's script policy allows none inline.
(() => {
  const own = document.currentScript.dataset;
  const root = document.documentElement;
  const kept = (name) => {
    try { return localStorage.getItem(`zhiyin.${name}`); } catch { return null; }
  };
  const system = (query) => matchMedia(query).matches;

  const theme = kept("theme");
  root.dataset.theme = theme === "light" || theme === "dark" ? theme : system("(prefers-color-scheme: dark)") ? "dark" : "light";
  root.dataset.density = kept("density") === "compact" ? "compact" : "comfortable";
  if (kept("contrast") === "more" || (!kept("contrast") && system("(prefers-contrast: more)"))) root.dataset.contrast = "more";
  const chosen = kept("language");
  const language = chosen === "zh-CN" || chosen === "en" ? chosen : /^zh/i.test(navigator.language || "zh") ? "zh-CN" : "en";
  root.lang = language;

  // The words are needed as soon as the code is there, so both travel at once.
  const words = document.createElement("link");
  Object.assign(words, { rel: "preload", as: "fetch", crossOrigin: "anonymous" });
  words.href = document.querySelector(`meta[name="asset:messages-${language}"]`).content;
  document.head.append(words);

  const say = (which) => {
    const line = document.getElementById("shell-words");
    if (line) line.textContent = line.dataset[which + (language === "en" ? "En" : "Zh")] || line.dataset[language === "en" ? "en" : "zh"];
  };
  document.addEventListener("DOMContentLoaded", () => say(""));
  import(own.glue)
    .then((glue) => glue.default({ module_or_path: own.wasm }))
    .catch((error) => { console.error(error); say("failed"); });
})();
