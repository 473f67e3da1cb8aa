/** Files from the picker, the clipboard or a drop: looked at first, then sent. */
import { dialog, el, icon } from "./dom.js";
import { ask } from "./net.js";
import { size, t } from "./words.js";

/** @param deps { person, chatId, sent, toast, input: the field that takes pasted files, mayAttach(): boolean } */
export function makeAttach({ person, chatId, sent, toast, input, mayAttach }) {
  const picker = el("input", { type: "file", hidden: true, multiple: true, "aria-label": t.attach });

  picker.addEventListener("change", () => {
    preview([...picker.files]);
    picker.value = "";
  });
  input.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) {
      event.preventDefault();
      preview(files);
    }
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0 && mayAttach()) preview(files);
  });

  function preview(files) {
    const [first] = files;
    if (!first) return;
    const isPicture = /^image\/(png|jpeg|gif)$/.test(first.type);
    const address = isPicture ? URL.createObjectURL(first) : undefined;
    const asPhoto = el("input", { type: "checkbox", name: "photo" });
    asPhoto.checked = isPicture;
    const caption = el("input", {
      type: "text",
      name: "caption",
      maxlength: 1024,
      placeholder: t.caption,
      "aria-label": t.caption,
    });
    const body = el(
      "div.preview",
      {},
      address ? el("img", { src: address, alt: first.name }) : null,
      files.map((file) =>
        el(
          "div.file",
          {},
          el("span.file-icon", {}, icon("file")),
          el("span.file-name", {}, file.name, el("small", {}, size(file.size))),
        ),
      ),
      isPicture ? el("label.check", {}, asPhoto, t.asPhoto) : null,
      caption,
    );
    const box = dialog(t.sendFile, body, () => [
      el("button.plain", { value: "no", formnovalidate: true }, t.cancel),
      el("button.primary", { value: "send" }, t.send),
    ]);
    caption.focus();
    // Enter in the caption sends: the first button of a form would cancel.
    caption.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        box.close("send");
      }
    });
    box.addEventListener("close", async () => {
      if (address) URL.revokeObjectURL(address);
      if (box.returnValue !== "send") return;
      for (const [n, file] of files.entries()) await upload(file, asPhoto.checked, n === 0 ? caption.value : "");
    });
  }

  async function upload(file, asPhoto, caption) {
    const form = new FormData();
    form.set("chat", String(chatId()));
    form.set("as", asPhoto ? "photo" : "document");
    form.set("caption", caption);
    form.set("file", file, file.name);
    try {
      await ask(`/api/chats/${person()}/file`, form);
      sent();
    } catch (error) {
      toast(error.message);
    }
  }

  return { picker, choose: () => picker.click() };
}
