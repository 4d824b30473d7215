import { start } from '../base/start.tsx';
import { Publisher } from './Publisher.tsx';

void start('publisher', '/publisher', <Publisher />);
