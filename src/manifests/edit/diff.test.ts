// Diffs: readable for people, and applied by git.
import { expect, test } from 'vitest'
import { diffOf } from './diff.ts'

test('a patch has three lines of context, and marks a last line without line end', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`)
  const after = lines.with(1, 'second\n').with(18, 'line 19').slice(0, 19)
  expect(diffOf('a.txt', lines.join(''), after.join(''))).toMatchInlineSnapshot(`
    "--- a/a.txt
    +++ b/a.txt
    @@ -1,5 +1,5 @@
     line 1
    -line 2
    +second
     line 3
     line 4
     line 5
    @@ -16,5 +16,4 @@
     line 16
     line 17
     line 18
    -line 19
    -line 20
    +line 19
    \\ No newline at end of file
    "
  `)
  expect(diffOf('a.txt', 'same', 'same')).toBe('')
})
