// Bundles the scripts of the pages.
//
//     src/*.js + node_modules  ->  FOLDER/<name>-<hash>.js and .css, LICENCES.txt, manifest.json
//
// Usage: node build.mjs FOLDER

import { build } from "esbuild";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";

const [folder] = process.argv.slice(2);
const LICENCE = /^(licen[cs]e|copying|notice)/i;

const { metafile } = await build({
  entryPoints: readdirSync("src").filter((name) => extname(name) === ".js").map((name) => join("src", name)),
  outdir: folder,
  entryNames: "[name]-[hash]",
  chunkNames: "shared-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "none", // LICENCES.txt has them
  loader: { ".svg": "file", ".png": "file", ".gif": "file", ".woff": "file", ".woff2": "file" },
  metafile: true,
  logLevel: "warning",
});

const files = {};
for (const [path, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
  if (entryPoint === undefined) continue;
  const name = basename(entryPoint, ".js");
  files[`${name}.js`] = basename(path);
  if (cssBundle !== undefined) files[`${name}.css`] = basename(cssBundle);
}

writeFileSync(join(folder, "LICENCES.txt"), licences());
writeFileSync(join(folder, "manifest.json"), JSON.stringify(files, null, 1) + "\n");

// The libraries that may be in the scripts, each with its licence.
function licences() {
  const installed = JSON.parse(readFileSync("node_modules/.package-lock.json", "utf8")).packages;
  const told = Object.entries(installed).filter(([, one]) => !one.dev).map(([path, one]) => {
    const text = readdirSync(path).filter((name) => LICENCE.test(name)).map((name) => join(path, name));
    const stated = existsSync(join(path, "package.json")) ? JSON.parse(readFileSync(join(path, "package.json"), "utf8")) : {};
    const title = `${path.replace(/^.*node_modules\//, "")} ${one.version} (${stated.license ?? one.license ?? "see its text"})`;
    return [title, "=".repeat(title.length), ...text.map((file) => readFileSync(file, "utf8").trim())].join("\n\n");
  });
  return `The scripts of the pages contain, or may contain, parts of these libraries.\n\n${told.join("\n\n\n")}\n`;
}
