import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { applyTheme } from './state/theme.svelte';

applyTheme();
const target = document.getElementById('app');
if (target !== null) mount(App, { target });
