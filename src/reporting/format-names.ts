// The names of the report formats, apart from their renderers: the command line needs only these.

export const runFormatNames = ['json', 'junit', 'html'] as const
export type RunFormatName = (typeof runFormatNames)[number]
