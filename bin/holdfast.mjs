#!/usr/bin/env node
// The entry: continues under the Node that the project carries, then hands over to the command
// line. Its syntax is that of Node 18, so that any Node can read it.
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
// An import of node:fs opens streams, which the gate does without.
const { existsSync, realpathSync } = require('node:fs')

// Not imported from node:process: that would open stdin.
const { argv, env, exit, stderr, stdout, versions } = process

// A link, as npm makes one, leads here.
const self = realpathSync(fileURLToPath(import.meta.url))
const root = join(dirname(self), '..')
const carried = join(root, 'node_modules', '.bin', 'node')

/** The oldest Node that runs TypeScript as it is. @source Node.js, type stripping: on from 22.18 */
const isEnough = version => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 18)
}

/** Runs this command line again under the carried Node, and ends as that run ends. */
function continueUnderCarriedNode() {
  if (!existsSync(carried)) {
    stderr.write(
      `holdfast: Node ${versions.node} is too old, and the project's own Node is not installed. ` +
        `Run once: node ${join(root, 'bin', 'install.mjs')}\n`,
    )
    exit(70)
  }
  // Loaded here: the carried Node itself does without them, and they cost it time.
  const { spawn } = require('node:child_process')
  const { constants } = require('node:os')
  // In a process group of its own the child gets each signal once, from here: a terminal would send
  // Ctrl-C to both, and a second one ends a drill before its undo.
  const child = spawn(carried, [self, ...argv.slice(2)], { stdio: 'inherit', detached: true })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('error', error => {
    stderr.write(`holdfast: ${carried} does not start: ${error.message}.\n`)
    exit(70)
  })
  child.on('exit', (code, signal) => exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

async function start() {
  // TypeScript is stripped and compiled once, not at every start; threads of vitest read the
  // variable. This file comes before the cache: it is JavaScript, so nothing strips it.
  const cache = join(root, 'node_modules', '.cache', 'holdfast')
  env['NODE_COMPILE_CACHE'] ??= cache
  module.enableCompileCache?.(cache)

  // A reader such as head may stop early: that is not an error.
  for (const stream of [stdout, stderr]) stream.on('error', () => {})

  const { bundleFor } = await import('#src/cli/bundled.ts')
  const bundle = bundleFor(argv.slice(2))
  const { main } = bundle === undefined ? await import('#src/cli/main.ts') : require(bundle)
  const code = await main()
  // A pipe takes what it can at once: the rest of a long output would be lost with the process.
  await Promise.all(
    [stdout, stderr].map(stream => new Promise(resolve => void stream.write('', resolve))),
  )
  exit(code)
}

// A Node that is new enough is used as it is: an image brings its own.
if (isEnough(versions.node)) await start()
else continueUnderCarriedNode()
