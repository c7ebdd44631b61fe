// What is a secret, what stands in the place of one, and what only sounds like it.
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#src/model/index.ts'
import { entriesOf, entryOf, namesSecret, urlPassword } from './secrets.ts'

describe('a name of a variable', () => {
  test.each([
    'PASSWORD',
    'DB_PASSWORD',
    'db_password',
    'API_KEY',
    'APIKEY',
    'GITHUB_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'CLIENT_SECRET',
    'PGPASSWORD',
    'SIGNING_KEY_2',
    'KEY',
  ])('%s says that its value is a secret', name => {
    expect(namesSecret(name)).toBe(true)
  })

  test.each([
    'TOKEN_FILE',
    'MAX_TOKENS',
    'PASSWORD_PATH',
    'SECRET_NAME',
    'MONKEY',
    'KEYBOARD',
    'TYPESENSE_HOST',
    'PUBLIC_KEY_URL',
    'PORT',
  ])('%s does not', name => {
    expect(namesSecret(name)).toBe(false)
  })
})

test.each([
  ['tr0ub4dor', 'value'],
  ['changemeplease', 'value'],
  ['', 'empty'],
  ['  ', 'empty'],
  ['change-me', 'placeholder'],
  ['CHANGEME', 'placeholder'],
  ['<your key>', 'placeholder'],
  ['${TOKEN}', 'placeholder'],
  ['$(TOKEN)', 'placeholder'],
  ['{{ .Values.token }}', 'placeholder'],
  ['xxxxxx', 'placeholder'],
  ['replace-me-before-apply', 'placeholder'],
  ['your-api-key', 'placeholder'],
  ['ENC[AES256_GCM,data:abc]', 'placeholder'],
  ['op://vault/item/field', 'placeholder'],
] as const)('“%s” is a %s', (text, kind) => {
  expect(entryOf(text)).toBe(kind)
})

test.each([
  ['postgres://app:pw@db/app', 'pw'],
  ['redis://:pw@redis:6379', 'pw'],
  ['http://inngest-svc:8288', undefined],
  ['https://user@host/', undefined],
  ['text: a@b', undefined],
])('the password of %s', (text, password) => {
  expect(urlPassword(text)).toBe(password)
})

describe('entries of a Secret', () => {
  const secret = (members: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    ...members,
  })

  test('are found in data, decoded, and in stringData; never with their value', () => {
    expect(
      entriesOf(
        secret({
          data: { a: btoa('tr0ub4dor'), b: btoa('change-me'), c: '' },
          stringData: { d: 'tr0ub4dor', e: 'TODO' },
        }),
      ),
    ).toEqual({ a: 'value', b: 'placeholder', c: 'empty', d: 'value', e: 'placeholder' })
  })

  test('that were told already stay as they were told', () => {
    expect(entriesOf(secret({ entries: { a: 'kept' } }))).toEqual({ a: 'kept' })
  })

  test('of a malformed one are read as far as they can be', () => {
    expect([
      entriesOf(secret({ data: 7 })),
      entriesOf(secret({ data: { a: 7 } })),
      entriesOf(secret({ data: { a: 'no base64 at all!' } })),
    ]).toEqual([{}, { a: 'empty' }, { a: 'value' }])
  })
})
