import './developer.css';
import { start } from '../base/start.tsx';
import { Developer } from './Developer.tsx';

void start('developer', '', <Developer />);
