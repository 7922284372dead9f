// Unpacks the browser, its libraries and its font from the npm package into the folder of the first argument.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";

const target = path.resolve(process.argv[2]);
await mkdir(target, { recursive: true });

if (process.platform === "linux" && process.arch === "x64") {
  // `inflate` unpacks into the folder for temporary files.
  process.env.TMPDIR = target;
  const packed = path.join(path.dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..", "bin");
  for (const name of ["chromium.br", "al2023.tar.br", "fonts.tar.br"]) {
    await inflate(path.join(packed, name));
  }
  const folder = path.join(target, "fonts");
  await writeFile(
    path.join(folder, "fonts.conf"),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}</dir><cachedir>${path.join(folder, "cache")}</cachedir></fontconfig>
`,
  );
} else {
  console.log("the packed browser is for Linux on x64: the tests use an installed Google Chrome");
}
