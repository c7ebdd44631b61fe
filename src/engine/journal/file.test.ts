// The journal on disk: durable before a fault acts, gone when all is undone, and never guessed at.
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { JournalError } from '#src/model/journal.ts'
import { fileJournal, journalAt } from './file.ts'
import { unfinished } from './unfinished.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const of = {
  run: '2026-11-21T03-00-00Z-drill',
  cluster: 'joelclaw',
  drill: 'node-comes-back-tainted',
  by: 'joel@panda (pid 1)',
  machine: 'panda',
  startedAt: 1,
}
const taint = {
  order: 0,
  fault: 'node.taint',
  description: 'taint n1',
  record: { node: 'n1', wasThere: false },
}
const cordon = {
  order: 1,
  fault: 'node.cordon',
  description: 'cordon n1',
  record: { node: 'n1', wasCordoned: false },
}

test('nothing is written before the first record, which is on disk when open returns', () => {
  const journal = fileJournal(folder, of)
  expect(existsSync(journal.path)).toBe(false)
  journal.open(taint)
  expect(
    readFileSync(journal.path, 'utf8')
      .split('\n')
      .map(text => (text === '' ? '' : (JSON.parse(text) as unknown))),
  ).toEqual([{ holdfast: 'journal', version: 2, ...of }, { open: taint }, ''])
})

test('another process finds the open records in the order of injection', () => {
  const journal = fileJournal(folder, of)
  journal.open(taint)
  journal.open(cordon)
  expect(unfinished(folder, 'joelclaw')).toEqual([
    {
      path: journal.path,
      of,
      pending: [taint, cordon],
      torn: false,
      length: statSync(journal.path).size,
    },
  ])
  expect(unfinished(folder, 'tazlab')).toEqual([])
})

test('a journal whose last record is closed is gone', () => {
  const journal = fileJournal(folder, of)
  journal.open(taint)
  journal.open(cordon)
  journal.close(1)
  const [found] = unfinished(folder, 'joelclaw')
  expect(found?.pending).toEqual([taint])
  journalAt(found!).close(0)
  expect(readdirSync(folder)).toEqual([])
})

test('a torn last line is ignored and reported: its fault had not acted yet', () => {
  const journal = fileJournal(folder, of)
  journal.open(taint)
  const { size } = statSync(journal.path)
  appendFileSync(journal.path, '{"open":{"order":1,"fau')
  expect(unfinished(folder, 'joelclaw')).toEqual([
    { path: journal.path, of, pending: [taint], torn: true, length: size },
  ])
})

test('a journal of a newer version is refused with the remedy', () => {
  const path = join(folder, 'x.jsonl')
  writeFileSync(path, `${JSON.stringify({ holdfast: 'journal', version: 3, ...of })}\n`)
  expect(() => unfinished(folder, 'joelclaw')).toThrow(
    new JournalError(
      `${path} was written by a newer holdfast (journal version 3, this one knows 2): ` +
        'undo it with that one',
    ),
  )
})

test('a broken line is reported, not skipped: it may belong to an undo', () => {
  const path = join(folder, 'x.jsonl')
  writeFileSync(path, 'rubbish\n')
  expect(() => unfinished(folder, 'joelclaw')).toThrow(
    `${path} holds a line that is not JSON: rubbish`,
  )
})

test('two runs never share a file', () => {
  fileJournal(folder, of).open(taint)
  expect(() => fileJournal(folder, of).open(cordon)).toThrow('EEXIST')
})

test('a folder that cannot be written stops the injection', () => {
  const path = join(folder, 'file')
  writeFileSync(path, '')
  expect(() => fileJournal(join(path, 'journal'), of).open(taint)).toThrow('ENOTDIR')
})

test('no folder: nothing is unfinished', () => {
  expect(unfinished(join(folder, 'none'), 'joelclaw')).toEqual([])
})

test('the next line replaces a torn one, so the journal stays readable', () => {
  const journal = fileJournal(folder, of)
  journal.open(taint)
  journal.open(cordon)
  appendFileSync(journal.path, '{"open":{"order":2,"fau')
  journalAt(unfinished(folder, 'joelclaw')[0]!).close(1)
  expect(unfinished(folder, 'joelclaw')).toEqual([
    { path: journal.path, of, pending: [taint], torn: false, length: statSync(journal.path).size },
  ])
})

test('two who undo the same journal: both may close everything, in any order', () => {
  const journal = fileJournal(folder, of)
  journal.open(taint)
  journal.open(cordon)
  const [one, other] = [
    journalAt(unfinished(folder, 'joelclaw')[0]!),
    journalAt(unfinished(folder, 'joelclaw')[0]!),
  ]
  one.close(1)
  other.close(1)
  other.close(0)
  one.close(0)
  expect([readdirSync(folder), one.pending(), other.pending()]).toEqual([[], [], []])
})

test('a journal that has to stay until its copy is gone stays, with nothing to undo', () => {
  let stale = true
  const journal = fileJournal(folder, of, () => stale)
  journal.open(taint)
  journal.close(0)
  expect(unfinished(folder, 'joelclaw').map(({ pending }) => pending)).toEqual([[]])
  stale = false
  journal.forget()
  expect(readdirSync(folder)).toEqual([])
})

test('a journal of version 1 is read: it knew no machine and no times', () => {
  const { machine: _, ...old } = of
  writeFileSync(
    join(folder, 'old.jsonl'),
    [{ holdfast: 'journal', version: 1, ...old }, { open: taint }]
      .map(line => `${JSON.stringify(line)}\n`)
      .join(''),
  )
  expect(
    unfinished(folder, 'joelclaw').map(({ of: whose, pending }) => ({ whose, pending })),
  ).toEqual([{ whose: { ...of, machine: '' }, pending: [taint] }])
})
