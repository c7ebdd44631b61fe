// The journal on disk: durable before a fault acts, gone when all is undone, and never guessed at.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileJournal, journalAt, JournalError, unfinished } from './journal.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const of = { run: '2026-11-21T03-00-00Z-drill', cluster: 'joelclaw', drill: 'node-comes-back-tainted', by: 'joel@panda (pid 1)', startedAt: 1 }
const taint = { order: 0, fault: 'node.taint', says: 'taint n1', record: { node: 'n1', wasThere: false } }
const cordon = { order: 1, fault: 'node.cordon', says: 'cordon n1', record: { node: 'n1', wasCordoned: false } }

test('nothing is written before the first record, and the record is there when open returns', () => {
  const journal = fileJournal(folder, of)
  expect(existsSync(journal.path)).toBe(false)
  journal.open(taint)
  expect(readFileSync(journal.path, 'utf8').split('\n').map(text => (text === '' ? '' : JSON.parse(text) as unknown))).toEqual([
    { holdfast: 'journal', version: 1, ...of }, { open: taint }, '',
  ])
})

test('what is still to be undone is found by another process, in the order of injection', () => {
  const journal = fileJournal(folder, of)
  journal.open(taint)
  journal.open(cordon)
  expect(unfinished(folder, 'joelclaw')).toEqual([{ path: journal.path, of, pending: [taint, cordon], torn: false }])
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
  appendFileSync(journal.path, '{"open":{"order":1,"fau')
  expect(unfinished(folder, 'joelclaw')).toEqual([{ path: journal.path, of, pending: [taint], torn: true }])
})

test('a journal of a newer version is refused with the remedy', () => {
  const path = join(folder, 'x.jsonl')
  writeFileSync(path, `${JSON.stringify({ holdfast: 'journal', version: 2, ...of })}\n`)
  expect(() => unfinished(folder, 'joelclaw')).toThrow(new JournalError(`${path} was written by a newer holdfast (journal version 2, this one knows 1): undo it with that one`))
})

test('rubbish is named, not skipped: it may be what remains of an undo', () => {
  const path = join(folder, 'x.jsonl')
  writeFileSync(path, 'rubbish\n')
  expect(() => unfinished(folder, 'joelclaw')).toThrow(`${path} holds a line that is no JSON: rubbish`)
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
