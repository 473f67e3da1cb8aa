// Plain JavaScript: it runs before anything that an old Node can't read.
const version = process.versions.node;
if (Number(version.split(".")[0]) < 24) {
  const isRussian = /^ru/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "");
  console.error(
    isRussian
      ? "Связке нужен Node 24 или новее, а это Node " +
          version +
          ". На Linux он ставится вместе с проектом: выполните npm ci и запускайте через npm start; на других системах установите Node 24."
      : "Svyazka needs Node 24 or newer, and this is Node " +
          version +
          ". On Linux it comes with the project: run npm ci and start with npm start; elsewhere install Node 24.",
  );
  process.exit(1);
}
