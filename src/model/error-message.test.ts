// The message of anything that is thrown.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { failureInWords, errorMessage } from './error-message.ts'

test.for<[description: string, error: unknown, words: string]>([
  ['an error is its message', new Error('it broke'), 'it broke'],
  [
    'its cause is named, too',
    new TypeError('fetch failed', { cause: new Error('ECONNREFUSED 127.0.0.1:6443') }),
    'fetch failed: ECONNREFUSED 127.0.0.1:6443',
  ],
  [
    'a cause that the message repeats is named once',
    new Error('GET /readyz: reset by peer', { cause: new Error('reset by peer') }),
    'GET /readyz: reset by peer',
  ],
  [
    'a cause that the message names by its code is named once',
    new Error('no answer: ECONNRESET, it closed the connection', {
      cause: Object.assign(new Error('read ECONNRESET by peer'), { code: 'ECONNRESET' }),
    }),
    'no answer: ECONNRESET, it closed the connection',
  ],
  ['several lines become one', new Error('it broke\n\n   at the seam  '), 'it broke / at the seam'],
  [
    'several errors in one are all named',
    new AggregateError([new Error('refused ::1'), new Error('refused 127.0.0.1')]),
    'refused ::1; refused 127.0.0.1',
  ],
  [
    'a cause of several errors as well',
    new TypeError('fetch failed', { cause: new AggregateError([new Error('refused ::1')]) }),
    'fetch failed: refused ::1',
  ],
  ['an error without words is its name', new RangeError(''), 'RangeError'],
  ['text is itself', 'no', 'no'],
  ['nothing is said to be so', '', 'it failed without a word'],
  ['undefined', undefined, 'undefined'],
  ['a symbol', Symbol('odd'), 'Symbol(odd)'],
  [
    'an object without a text of its own',
    Object.create(null),
    'it failed with something that has no words',
  ],
  [
    'an error with a message that is none',
    Object.assign(new Error('x'), { message: Object.create(null) as string }),
    'it failed with something that has no words',
  ],
])('%s', ([, error, words]) => {
  expect(errorMessage(error)).toBe(words)
})

test('any thrown value has a message of one line', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything({ withNullPrototype: true, withSparseArray: true }),
        fc.string().map(message => new Error(message)),
      ),
      error => {
        expect(errorMessage(error)).toMatch(/^[^\n]*\S[^\n]*$/)
      },
    ),
  )
})

test('a mistake in the program starts with the kind of its error', () => {
  expect(failureInWords(new TypeError('x is undefined'))).toBe('TypeError: x is undefined')
  expect(failureInWords(new RangeError(''))).toBe('RangeError')
  expect(failureInWords('no')).toBe('no')
})
