// The template of markup: what it escapes, and what becomes of the line breaks of its source.
import { expect, test } from 'vitest'
import { h } from './markup.ts'

test('a value is escaped unless it is markup', () => {
  expect(h`<p title="${'"'}">${'<b>'}${h`<i>${'&'}</i>`}</p>`.markup).toBe(
    '<p title="&quot;">&lt;b&gt;<i>&amp;</i></p>',
  )
})

test('a list is joined, and false and undefined are nothing', () => {
  expect(h`${['a', 1]}${false}${undefined}`.markup).toBe('a1')
})

test('a line break of the source is dropped beside a tag or a value, and else a space', () => {
  expect(
    h`
      <a class="x"
        href="#y">
        ${'one'}
        <b>two</b>
        and
        three
      </a>`.markup,
  ).toBe('<a class="x" href="#y">one<b>two</b>and three</a>')
})

test('a line break of a value stays', () => {
  expect(h`<pre>${'one\n  two'}</pre>`.markup).toBe('<pre>one\n  two</pre>')
})
