// Which files are read in which folders, and what holdfast reports about unreadable ones.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readFiles } from './files.ts'
import { readManifests } from './read.ts'
import { object, problemsOf } from './summary.ts'

const top = mkdtempSync(join(tmpdir(), 'holdfast-manifests-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const put = (path: string, bytes: string | Uint8Array): void => {
  mkdirSync(dirname(join(top, path)), { recursive: true })
  writeFileSync(join(top, path), bytes)
}
/** Files that were read, and problems with others. */
function told(paths: readonly string[], stdin?: Uint8Array): readonly string[] {
  const input = readFiles(paths, { from: top, ...(stdin === undefined ? {} : { stdin }) })
  return [
    ...input.texts.keys(),
    ...problemsOf(readManifests({ texts: new Map(), problems: input.problems ?? [] })),
  ]
}

describe('a folder', () => {
  put('set/b.yml', object())
  put('set/a.yaml', object())
  put('set/c/d.json', '{}')
  put('set/c/README.md', 'no manifest')
  put('set/.github/workflow.yaml', 'on: push')
  put('set/.hidden.yaml', 'a: b')
  put('set/node_modules/x/x.yaml', 'a: b')
  put('set/rendered/r.yaml', 'a: b')
  put('set/c/keep/k.yaml', 'a: b')
  put('set/c/keep/drop.yaml', 'a: b')
  put('set/.gitignore', '/rendered/\nkeep\n')
  put('set/.holdfastignore', '# ours\n!keep/\ndrop.*\n')
  symlinkSync('..', join(top, 'set/c/up'))
  symlinkSync('a.yaml', join(top, 'set/z.yaml'))
  symlinkSync('nowhere', join(top, 'set/gone.yaml'))
  put('empty/readme.txt', '')

  test('is searched by name, without hidden, ignored or package files or repeated links', () => {
    expect(told(['set'])).toEqual([
      'set/a.yaml',
      'set/b.yml',
      'set/c/d.json',
      'set/c/keep/k.yaml',
      'set/gone.yaml:1:1 unreadable unreadable: there is no such file or folder',
    ])
  })

  test('inside a repository obeys the ignore files above it', () => {
    mkdirSync(join(top, 'set/.git'))
    expect(told(['set/c'])).toEqual(['set/c/d.json', 'set/c/keep/k.yaml'])
    rmSync(join(top, 'set/.git'), { recursive: true })
  })

  test('or file that the caller names is read even if ignored', () => {
    expect(told(['set/rendered', 'set/.hidden.yaml'])).toEqual([
      'set/rendered/r.yaml',
      'set/.hidden.yaml',
    ])
  })

  test('without manifests is a problem', () => {
    expect(told(['empty'])).toEqual([
      'empty:1:1 unreadable nothing-found: no .yaml, .yml or .json file in this folder ' +
        'that is not ignored',
    ])
  })
})

describe('an unreadable file', () => {
  put('bad/latin.yaml', Buffer.from('a: b\nname: caf\xe9\n', 'latin1'))
  put('bad/utf16.yaml', Buffer.from('\uFEFFa: b\n', 'utf16le'))
  put('bad/large.yaml', '')
  execFileSync('truncate', ['-s', '65M', join(top, 'bad/large.yaml')])

  test('is reported with file, line and column', () => {
    expect(told(['bad', 'none.yaml', 'set/a.yaml/x'])).toEqual([
      'bad/large.yaml:1:1 unreadable too-large: 65.0 MiB',
      'bad/latin.yaml:2:10 unreadable not-utf8: the byte 0xE9 at offset 14, which is not UTF-8',
      'bad/utf16.yaml:1:1 unreadable not-utf8: UTF-16',
      'none.yaml:1:1 unreadable unreadable: there is no such file or folder',
      'set/a.yaml/x:1:1 unreadable unreadable: part of its path is not a folder',
    ])
  })

  test('an endless device is given up', () => {
    expect(told(['/dev/zero']).map(line => line.replace(/^.*dev/, 'dev'))).toEqual([
      'dev/zero:1:1 unreadable too-large: more than 64 MiB',
    ])
  })
})

test('standard input counts as a file, and an empty one is a problem', () => {
  expect(told(['-'], Buffer.from(object()))).toEqual(['<stdin>'])
  expect(told(['-'], new Uint8Array())).toEqual([
    '<stdin>:1:1 unreadable nothing-found: standard input was empty',
  ])
})
