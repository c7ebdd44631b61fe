// macOS' `ps` and `pgrep`.
import { tool } from '#lab/host/delays.ts'
import type { Program } from '#lab/host/mac.ts'
import { processRows, type ProcessRow } from './processes.ts'

const programPath = (row: ProcessRow): string => row.args.split(' ')[0] ?? ''
const programName = (row: ProcessRow): string => programPath(row).split('/').at(-1) ?? ''

function psCell(row: ProcessRow, name: string): string {
  if (name === 'pid' || name === 'ppid') return String(row[name]).padStart(5)
  if (name === 'user') return row.user.padEnd(16)
  return name === 'comm' ? programPath(row) : row.args
}

/**
 * `ps -axo pid=,ppid=,user=,args=` and similar: prints the named columns, with a heading unless
 * each name ends with `=`.
 */
export const ps: Program = function* ps(mac, args, io) {
  yield tool
  const at = args.findIndex(word => /^-\w*o$/.test(word))
  const fields = (at >= 0 ? (args[at + 1] ?? '') : 'pid,ppid,user,args').split(',')
  const only = args.includes('-p')
    ? (args[args.indexOf('-p') + 1] ?? '').split(',').map(Number)
    : undefined
  const rows = processRows(mac).filter(row => only === undefined || only.includes(row.pid))
  if (fields.some(name => !name.endsWith('=')))
    io.out(`${fields.map(name => name.replace('=', '').toUpperCase().padStart(5)).join(' ')}\n`)
  for (const row of rows)
    io.out(`${fields.map(name => psCell(row, name.replace('=', ''))).join(' ')}\n`)
  return rows.length === 0 ? 1 : 0
}

const pgrepUsage =
  'usage: pgrep [-Lafilnoqvx] [-F pidfile] [-G gid] [-P ppid] [-U uid] [-d delim] [-g pgrp] ' +
  '[-t tty] [-u euid] pattern ...\n'

/**
 * `pgrep`: `-f` matches the whole command line, `-l` prints it, `-x` matches only the whole name.
 * Exits 1 if nothing matches.
 */
export const pgrep: Program = function* pgrep(mac, args, io) {
  yield tool
  const has = (letter: string): boolean =>
    args.some(word => new RegExp(`^-\\w*${letter}`).test(word))
  const pattern = args.filter(word => !word.startsWith('-')).at(-1) ?? ''
  if (pattern === '') {
    io.err(pgrepUsage)
    return 2
  }
  const shown = (row: ProcessRow): string => (has('f') ? row.args : programName(row))
  const found = processRows(mac).filter(row =>
    has('x') ? shown(row) === pattern : new RegExp(pattern).test(shown(row)),
  )
  for (const row of found) io.out(has('l') ? `${row.pid} ${shown(row)}\n` : `${row.pid}\n`)
  return found.length === 0 ? 1 : 0
}
