import { type CSSVariablesResolver, createTheme, type MantineThemeOverride } from '@mantine/core';
import { brightOn, type Shades, shadeOn, shadesOf, shadeUnderWhite } from './palette.ts';

export const ACCENT = '#2f4f9e';
const PAGE = { light: '#ffffff', dark: '#15181e' };
/** What tinted boxes and zebra rows lie on; text on them must stay readable too. */
const TINT = { light: '#eef1f6', dark: '#232833' };
/** No lighter than the tint of all others, against which the text on them is chosen. */
const DARK_TINTS: Record<string, string> = { danger: '#361e1f', ok: '#152a23', warn: '#312415' };
const SEMANTIC = { danger: '#b3261e', ok: '#0b6e4f', warn: '#8a5a00' };
/** The page behind a dialog can still be made out. */
const DIM = { backgroundOpacity: 0.4 };
const MONO =
  'ui-monospace, "SFMono-Regular", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

export function themeFor(accent: string): MantineThemeOverride {
  const shades = shadesOf(accent);
  const primary = shadeUnderWhite(shades);
  return createTheme({
    primaryColor: 'accent',
    primaryShade: { light: primary as 6, dark: primary as 6 },
    colors: {
      accent: [...shades] as unknown as [string, ...string[]] & Shades,
      danger: [...shadesOf(SEMANTIC.danger)] as unknown as Shades & [string],
      ok: [...shadesOf(SEMANTIC.ok)] as unknown as Shades & [string],
      warn: [...shadesOf(SEMANTIC.warn)] as unknown as Shades & [string],
      dark: [
        '#d7dce5',
        '#b9c0cc',
        '#a9b1bd',
        '#6f7885',
        '#3d4451',
        '#2c323d',
        '#232833',
        '#15181e',
        '#101318',
        '#0b0d11',
      ],
    } as MantineThemeOverride['colors'],
    fontFamily: '"Inter Variable", system-ui, sans-serif',
    fontFamilyMonospace: MONO,
    headings: {
      fontFamily: '"Inter Variable", system-ui, sans-serif',
      fontWeight: '620',
      sizes: {
        h1: { fontSize: '28px', lineHeight: '1.25' },
        h2: { fontSize: '18px', lineHeight: '1.35' },
        h3: { fontSize: '15px', lineHeight: '1.4' },
      },
    },
    fontSizes: { xs: '12px', sm: '13.5px', md: '15px', lg: '17px', xl: '20px' },
    defaultRadius: 'sm',
    radius: { xs: '4px', sm: '6px', md: '8px', lg: '8px', xl: '16px' },
    shadows: { xs: 'none', sm: 'none', md: '0 1px 1px rgba(0,0,0,.12)', lg: 'none', xl: 'none' },
    cursorType: 'pointer',
    respectReducedMotion: true,
    components: {
      Button: { defaultProps: { size: 'sm' } },
      Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none' } },
      Anchor: { defaultProps: { underline: 'always' } },
      // The placeholder that takes the first focus is nothing a menu may have in it.
      Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
      Modal: { defaultProps: { centered: true, overlayProps: DIM } },
      Drawer: { defaultProps: { overlayProps: DIM } },
      Table: { defaultProps: { verticalSpacing: 8, horizontalSpacing: 12 } },
      Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    },
  });
}

/** What a colour becomes on the pages of each scheme: for whoever chooses one. */
export function looksOf(accent: string) {
  const shades = shadesOf(accent);
  const button = shades[shadeUnderWhite(shades)]!;
  return {
    light: { page: PAGE.light, text: '#1b212b', button, link: shadeOn(shades, TINT.light) },
    dark: { page: PAGE.dark, text: '#e6e9ef', button, link: brightOn(accent, TINT.dark) },
  };
}

/** The kit's defaults for dimmed, placeholder, light and outline text lack contrast. */
export const readable: CSSVariablesResolver = (theme) => {
  const light: Record<string, string> = {
    '--mantine-color-body': PAGE.light,
    '--mantine-color-text': '#1b212b',
    '--mantine-color-dimmed': '#555e6b',
    '--mantine-color-placeholder': '#5b6472',
    '--mantine-color-error': SEMANTIC.danger,
    '--mantine-color-default-border': '#d5dae2',
    '--app-tint': '#f6f7fa',
    '--app-line': '#e3e7ed',
  };
  const dark: Record<string, string> = {
    '--mantine-color-body': PAGE.dark,
    '--mantine-color-text': '#e6e9ef',
    '--mantine-color-dimmed': '#a9b1bd',
    '--mantine-color-placeholder': '#a9b1bd',
    '--app-tint': '#1b1f27',
    '--app-line': '#2c323d',
  };
  for (const name of ['accent', 'danger', 'ok', 'warn']) {
    const shades = theme.colors[name] as unknown as Shades;
    const onLight = shadeOn(shades, TINT.light);
    const onDark = brightOn(shades[6], TINT.dark);
    for (const part of ['text', 'light-color', 'outline']) {
      light[`--mantine-color-${name}-${part}`] = onLight;
      dark[`--mantine-color-${name}-${part}`] = onDark;
    }
    light[`--mantine-color-${name}-light`] = shades[0]!;
    light[`--mantine-color-${name}-light-hover`] = shades[1]!;
    dark[`--mantine-color-${name}-light`] = DARK_TINTS[name] ?? TINT.dark;
    dark[`--mantine-color-${name}-light-hover`] = '#2c323d';
    if (name === 'accent') {
      light['--mantine-color-anchor'] = onLight;
      dark['--mantine-color-anchor'] = onDark;
    }
    if (name === 'danger') {
      dark['--mantine-color-error'] = onDark;
      // What a menu's item is written in; buttons are filled with what white can stand on.
      dark['--mantine-color-danger-6'] = onDark;
      const filled = shadeUnderWhite(shades);
      dark['--mantine-color-danger-filled'] = shades[filled]!;
      dark['--mantine-color-danger-filled-hover'] = shades[Math.min(9, filled + 1)]!;
    }
  }
  light['--mantine-color-gray-light'] = TINT.light;
  light['--mantine-color-gray-light-color'] = '#3b4350';
  dark['--mantine-color-gray-light'] = TINT.dark;
  dark['--mantine-color-gray-light-color'] = '#c3cad5';
  return { variables: {}, light, dark };
};
