import { start } from '../base/start.tsx';
import { Studio } from './Studio.tsx';

void start('studio', '/studio', <Studio />);
