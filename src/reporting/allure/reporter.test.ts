// The configuration of Allure's reporter.
import { expect, test } from 'vitest'
import { categories } from './outcome.ts'
import { allureReporter } from './reporter.ts'

test('the reporter gets a folder, the categories, and the environment of the run', () => {
  const versions = { holdfast: '0.1.0', node: '26.10.0' }
  const options = {
    resultsDir: 'x',
    cluster: 'joelclaw',
    target: 'lab',
    seed: 7,
    versions,
  } as const
  expect(allureReporter(options)).toEqual([
    'allure-vitest/reporter',
    {
      resultsDir: 'x',
      categories,
      environmentInfo: {
        cluster: 'joelclaw',
        target: 'LAB, a rehearsal: not proof about a live cluster',
        seed: '7',
        holdfast: '0.1.0',
        node: '26.10.0',
      },
      reportMatchers: false,
    },
  ])
})
