// Values that nobody has filled in yet, and values that only look like it.
import { describe, expect, test } from 'vitest'
import { object, problemsOf, setOf } from './summary.ts'

const pod = (value: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    ` +
  `image: ${value}\n`
const secret = (part: string, value: string): string =>
  object(`${part}:\n  password: ${value}\n`, 'Secret')

describe('finds', () => {
  test.each([
    ['{{ .Values.image }}', 'template: an unrendered template: {{ .Values.image }}'],
    ['"{{ .Values.image }}"', 'template: an unrendered template: {{ .Values.image }}'],
    ['"app:{{ version }}"', 'template: an unrendered template: {{ version }}'],
    ['<IMAGE>', 'placeholder: a placeholder: <IMAGE>'],
    ['app:<VERSION>', 'placeholder: a placeholder: <VERSION>'],
    ['<your-registry>/app:1', 'placeholder: a placeholder: <your-registry>'],
    ['CHANGE_ME', 'placeholder: a placeholder: CHANGE_ME'],
    ['registry/changeme:1', 'placeholder: a placeholder: changeme'],
    ['REPLACE_WITH_IMAGE', 'placeholder: a placeholder: REPLACE_WITH_IMAGE'],
    ['app:${VERSION}', 'placeholder: a placeholder: ${VERSION}'],
    ['${IMAGE:-app}', 'placeholder: a placeholder: ${IMAGE:-app}'],
    ['TODO', 'placeholder: a placeholder: TODO'],
  ])('in an image: %s', (value, expected) => {
    expect(problemsOf(setOf(pod(value)))).toEqual([`a.yaml:7:12 broken ${expected}`])
  })

  test.each([
    ['stringData', 'changeme'],
    ['stringData', 'example'],
    ['stringData', 'my-secret-password'.replace('-secret', '')],
    ['data', 'Y2hhbmdlbWU='],
    ['data', 'PFBBU1NXT1JEPg=='],
  ])('in a Secret: %s of %s', (part, value) => {
    expect(problemsOf(setOf(secret(part, value))).map(said => said.split(': ')[0])).toEqual([
      'a.yaml:6:13 broken example-secret',
    ])
  })

  test('a value between control lines of a template', () => {
    expect(
      problemsOf(setOf('apiVersion: v1\n{{- if .Values.on }}\nkind: Pod\n{{- end }}\n')),
    ).toEqual(['a.yaml:2:1 broken template: an unrendered template: {{- if .Values.on }}'])
  })

  test('a placeholder in a name, without a second finding about the name', () => {
    expect(problemsOf(setOf(object('', 'Pod', '"<NAME>"')))).toEqual([
      'a.yaml:4:9 broken placeholder: a placeholder: <NAME>',
    ])
  })
})

describe('ignores', () => {
  test.each([
    ['a script', pod('a\n    command: [sh, -c, "echo ${HOME} > <FILE>"]')],
    ['an argument that Kubernetes fills in', pod('a\n    args: ["$(NODE_NAME)"]')],
    [
      'a template for another program, in a ConfigMap',
      object(
        'data:\n  alert.tmpl: "{{ $labels.instance }} ${DS} <BR>"\n  page: |\n    {{ .Values.x ' +
          '}} CHANGE the page\n',
      ),
    ],
    [
      'an expression of another API',
      'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: a}\nspec: {x: ' +
        '"{{inputs.parameters.x}}", y: "${var}"}\n',
    ],
    [
      'an annotation for people',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {about: "see ' +
        '<https://x.example> and {{ x }}"}}\n',
    ],
    ['a secret that is none of the examples', secret('stringData', 'kT9-vQ2-example-not')],
    ['a path', pod('a\n    workingDir: /etc/secret')],
  ])('%s', (_, text) => {
    expect(problemsOf(setOf(text))).toEqual([])
  })
})
