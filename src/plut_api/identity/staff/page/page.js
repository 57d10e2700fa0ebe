// The token stays behind `#`, which browsers send to nobody, and leaves the address bar at once.
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const english = !navigator.language.startsWith("id") && navigator.language.startsWith("en");
const say = (id, en) => (english ? en : id);
const form = document.getElementById("choice");
const field = document.getElementById("password");
const button = form.querySelector("button");
const outcome = document.getElementById("outcome");

if (english) {
  document.documentElement.lang = "en";
  document.querySelectorAll("[data-en]").forEach((node) => { node.textContent = node.dataset.en; });
}

function tell(words, refused) {
  outcome.textContent = words;
  outcome.classList.toggle("refused", refused);
}

document.getElementById("shown").addEventListener("change", (event) => {
  field.type = event.target.checked ? "text" : "password";
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    const answer = await fetch("oauth/passwords", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": say("id", "en") },
      body: JSON.stringify({ token, password: field.value }),
    });
    if (answer.status === 204) {
      form.hidden = true;
      tell(say("Sandi tersimpan. Silakan masuk.", "The password is set. You can sign in now."), false);
      return;
    }
    const problem = await answer.json();
    tell(problem.errors.length ? problem.errors.map((fault) => fault.message).join(" ") : problem.detail, true);
  } catch {
    tell(say("Tidak tersambung. Coba lagi.", "No connection. Try again."), true);
  } finally {
    button.disabled = false;
  }
});

if (!token) {
  form.hidden = true;
  tell(say("Buka halaman ini lewat tautan di surel Anda.", "Open this page by the link in your mail."), true);
}
