import { createHash } from 'node:crypto';
import { CustomResource } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IDependable } from 'constructs';
import { loadProject } from '#definition/load.ts';
import { readTemplate } from '#definition/template/template.ts';

/** A template of the project, as it is deployed. */
export interface DeployedTemplate {
  /** Name of its document in the bundle. */
  readonly document: string;
  readonly name: string;
  readonly version: string;
  /** The author's text. */
  readonly source: string;
}

/** The templates of a project, whose files have no errors. */
export function projectTemplates(folder: string): readonly DeployedTemplate[] {
  return loadProject(folder).documents.flatMap(({ kind, source }) => {
    const { template } = kind === 'template' ? readTemplate(source) : {};
    if (template === undefined) return [];
    const { name, version } = template;
    return [{ document: `${name}@${version}.template`, name, version, source: source.text }];
  });
}

/** What publishing templates needs. */
export interface TemplatePublicationProps {
  readonly publisher: IFunction;
  readonly templates: readonly DeployedTemplate[];
  /** What their workflows may call, which has to be published before. */
  readonly after: IDependable;
}

/**
 * Publishes the templates of the project by custom resources, as the API does. A version whose content has changed fails the deployment;
 * one that is taken out of the project stays published.
 */
export class TemplatePublication extends Construct {
  constructor(scope: Construct, id: string, { publisher, templates, after }: TemplatePublicationProps) {
    super(scope, id);
    for (const { document, name, version, source } of templates) {
      const resource = new CustomResource(this, `Template-${name}-${version}`, {
        serviceToken: publisher.functionArn,
        resourceType: 'Custom::StepwrightTemplate',
        properties: {
          ...{ document, template: name, version },
          digest: createHash('sha256').update(source).digest('hex'),
        },
      });
      resource.node.addDependency(after);
    }
  }
}
