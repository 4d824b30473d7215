import type { Module, Parameter, ServiceParameter } from '../data/types.ts';
import type { Canvas, Item } from './canvas.ts';

export function settingOf(parameter: Parameter, item: Item): string {
  return item.settings?.[parameter.Name] ?? parameter.Default ?? '';
}

/** Parameters whose condition holds, those they hang on included. */
export function shownOf(module: Module, item: Item): Parameter[] {
  const byName = new Map(module.Parameters.map((each) => [each.Name, each]));
  const holds = (parameter: Parameter): boolean => {
    const wanted = parameter.ShownWhen;
    if (!wanted) return true;
    const other = byName.get(wanted.Parameter);
    if (!other || !holds(other)) return false;
    const value = settingOf(other, item).toLowerCase();
    return wanted.Values.some((each) => each.toLowerCase() === value);
  };
  return module.Parameters.filter(holds);
}

/** Why a text is no value of the parameter, as a key of the catalogue of words. */
export function wrong(
  parameter: Parameter,
  text: string,
): { key: 'needed' | 'whole' | 'number' | 'above' | 'least' | 'most'; limit: number } | null {
  const { Type, IsRequired, Above, Minimum, Maximum } = parameter;
  if (text.trim() === '') return IsRequired ? { key: 'needed', limit: 0 } : null;
  if (Type !== 'Int' && Type !== 'Double') return null;
  const value = Number(text);
  if (Type === 'Int' && !/^\s*[+-]?\d+\s*$/.test(text)) return { key: 'whole', limit: 0 };
  if (!Number.isFinite(value)) return { key: 'number', limit: 0 };
  if (Above !== null && value <= Above) return { key: 'above', limit: Above };
  if (Minimum !== null && value < Minimum) return { key: 'least', limit: Minimum };
  if (Maximum !== null && value > Maximum) return { key: 'most', limit: Maximum };
  return null;
}

/** A web service parameter made of a module's, with its bounds and its value. */
export function serviceParameter(
  parameter: Parameter,
  item: Item,
  canvas: Canvas,
): ServiceParameter {
  const taken = new Set(canvas.parameters.map(({ Name }) => Name));
  let name = parameter.Name;
  for (let number = 2; taken.has(name); number += 1) name = `${parameter.Name} ${number}`;
  const value = settingOf(parameter, item);
  const bounds =
    parameter.Minimum !== null || parameter.Maximum !== null || parameter.Values.length > 0;
  const typed = parameter.Type === 'ColumnPicker' ? 'String' : parameter.Type;
  return {
    Name: name,
    Value: value,
    ParameterDefinition: {
      Name: name,
      ParameterType: typed,
      Description: parameter.Description,
      HasDefaultValue: true,
      IsOptional: true,
      DefaultValue: value,
      HasRules: bounds,
      ParameterRules: bounds
        ? [
            {
              Min: parameter.Minimum,
              Max: parameter.Maximum,
              Values: parameter.Values.length ? parameter.Values : null,
            },
          ]
        : [],
    },
  };
}
