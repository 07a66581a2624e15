// SPDX-License-Identifier: GPL-3.0-or-later
// packages(DIR, ["name@version", …]): npm packages with exact versions, taken into DIR if they are not
// there yet, and a require() that finds them. Each list has a DIR of its own: npm removes what it was
// not asked for.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

export function packages(dir, wanted) {
  const missing = wanted.filter((p) => {
    const [name, version] = p.split(/(?<=.)@/);
    const file = join(dir, "node_modules", name, "package.json");
    return !existsSync(file) || JSON.parse(readFileSync(file)).version !== version;
  });
  if (missing.length) {
    const args = ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", dir, ...wanted];
    const npm = spawnSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] });
    if (npm.status !== 0) throw new Error("npm could not install " + missing.join(" "));
  }
  return createRequire(join(resolve(dir), "node_modules", "x.js"));
}
