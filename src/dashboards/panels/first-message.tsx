import type { VNode } from 'preact';
import { Name } from '../../pages/components/name.js';
import { CodeBlock } from '../../pages/components/code-block.js';
import { Panel } from '../../pages/components/panel.js';
import type { DashboardFigures } from '../dashboard-figures.js';
import { curlCommand } from '../example-message.js';

/** What to do while there is nothing to see: the exact command that sends a first message. */
export function FirstMessage({ figures: { example }, origin }: { figures: DashboardFigures; origin: string }): VNode {
  return (
    <Panel id="first-message" title="No messages yet">
      {example === null ? (
        <p>
          No service is ready to score one. Register a dataset, upload a model for it and bind a service to the model:
          the <a href="/docs">API</a> has an example of each step.
        </p>
      ) : (
        <>
          <p>
            Service <Name of={example.service} /> is waiting. Send it a first message, with an API key in place of{' '}
            <code>YOUR_API_KEY</code>; it shows up here within two seconds.
          </p>
          <CodeBlock
            label="Command that sends a message"
            code={curlCommand(origin, example.service, example.payload)}
          />
        </>
      )}
    </Panel>
  );
}
