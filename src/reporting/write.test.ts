// The files of a run, and the errors of writing and reading them.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { html } from './html/page.ts'
import { reportJson } from './json.ts'
import { junit } from './junit.ts'
import { empty, sample } from '#tests/reporting/sample.ts'
import { latestRun, ReportError, writeReports } from './write.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-report-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** The error of a promise, without the folder of the test in its text. */
const failure = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ReportError)
  return String(error).replaceAll(folder, '…')
}

describe('writing the reports of a run', () => {
  test('makes one folder with three files, and names the latest run', async () => {
    const written = await writeReports(sample, { folder: join(folder, 'reports') })
    const own = join(folder, 'reports', sample.id)
    expect(written).toEqual({
      folder: own,
      files: ['report.json', 'junit.xml', 'report.html'].map(name => join(own, name)),
    })
    expect(await Promise.all(written.files.map(file => readFile(file, 'utf8')))).toEqual([
      reportJson(sample),
      junit(sample),
      html(sample),
    ])
    expect(await readFile(join(folder, 'reports', 'latest'), 'utf8')).toBe(`${sample.id}\n`)
  })
  test('leaves no draft beside them', async () => {
    const { folder: own } = await writeReports(sample, { folder })
    expect(await readdir(own)).toEqual(['junit.xml', 'report.html', 'report.json'])
    expect((await readdir(folder)).toSorted()).toEqual([sample.id, 'latest'])
  })
  test('twice replaces the first files', async () => {
    await writeReports(sample, { folder })
    await writeReports({ ...sample, seed: 2 }, { folder })
    expect((await latestRun(folder))?.seed).toBe(2)
  })
  test('at the same time for eight runs, in a folder that does not exist, loses none', async () => {
    const reports = join(folder, 'a', 'b', 'reports')
    const runs = [1, 2, 3, 4, 5, 6, 7, 8].map(at => ({ ...sample, id: `${sample.id}-${at}` }))
    await Promise.all(runs.map(run => writeReports(run, { folder: reports })))
    const ids = runs.map(({ id }) => id)
    expect((await readdir(reports)).toSorted()).toEqual([...ids, 'latest'])
    expect(ids).toContain((await latestRun(reports))?.id)
  })
  test('fails with the cause and the remedy if a file is in the way', async () => {
    await writeFile(join(folder, 'reports'), 'I am a file')
    expect(await failure(writeReports(sample, { folder: join(folder, 'reports') }))).toBe(
      `ReportError: Could not make the folder …/reports/${sample.id}: ` +
        'a part of the path is a file and not a folder (ENOTDIR). ' +
        'Move that file, or choose another folder with --reports.',
    )
  })
  test('fails with the cause and the remedy if a folder is in the way', async () => {
    await mkdir(join(folder, sample.id, 'junit.xml'), { recursive: true })
    expect(await failure(writeReports(sample, { folder }))).toContain(
      'Could not write …/2026-11-21T03-00-00Z-nightly/junit.xml: ' +
        'it is a folder and not a file (EISDIR). Move that folder',
    )
  })
  test.each(['../elsewhere', 'a/b', '', '.hidden'])(
    'refuses an id such as “%s”, which could name another folder',
    async id => {
      expect(await failure(writeReports({ ...sample, id }, { folder }))).toContain(
        'cannot name the folder of a report',
      )
      expect(await readdir(folder)).toEqual([])
    },
  )
})

describe('the latest run', () => {
  test('is the last one written', async () => {
    await writeReports(sample, { folder })
    await writeReports(empty, { folder })
    expect(await latestRun(folder)).toEqual(empty)
  })
  test('is undefined for a folder without runs', async () => {
    expect([await latestRun(folder), await latestRun(join(folder, 'nowhere'))]).toEqual([
      undefined,
      undefined,
    ])
  })
  test('that was removed fails with its path', async () => {
    await writeReports(sample, { folder })
    await rm(join(folder, sample.id), { recursive: true })
    expect(await failure(latestRun(folder))).toBe(
      `ReportError: …/latest names ${sample.id}, but …/${sample.id}/report.json is missing. ` +
        'Make a new report, e.g. with holdfast check.',
    )
  })
  test('that was cut off fails with its path', async () => {
    const { files } = await writeReports(sample, { folder })
    await writeFile(files[0]!, '{"version": 1')
    expect(await failure(latestRun(folder))).toContain(`…/${sample.id}/report.json is not JSON`)
  })
})
