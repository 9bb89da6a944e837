// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

import {execFile} from 'node:child_process';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));

const configuration = `
terraform {
  required_providers {
    coveo = {
      source = "coveo-privacy/coveo"
    }
  }
}

variable "files" {
  type = map(object({ file = string, library = string, mode = string }))
}

locals {
  cells = merge([for cell, of in var.files : {
    for expect in ["none", "anonymous", "any"] : "\${cell}.\${expect}" => { file = of.file, expect = expect }
  }]...)
}

data "coveo_tracking_audit" "cell" {
  for_each  = local.cells
  har_files = [each.value.file]
  expect    = each.value.expect
}

output "cells" {
  value = {
    for cell, of in var.files : cell => {
      code      = of.mode == "plain" ? "" : provider::coveo::tracking_snippet(of.library, of.mode).code
      none      = data.coveo_tracking_audit.cell["\${cell}.none"]
      anonymous = data.coveo_tracking_audit.cell["\${cell}.anonymous"]
      any       = data.coveo_tracking_audit.cell["\${cell}.any"]
    }
  }
}
`;

/** Asks the provider, through a real command line, about the HAR file of each cell and for the code that was in its page. */
export async function auditByCLI({directory, organization}, cells) {
    const cli = process.env.COVEO_BROWSER_CLI ?? 'terraform';
    const folder = join(directory, 'cli');
    const plugins = join(directory, 'plugins');
    await mkdir(folder);
    await run('go', ['build', '-o', join(plugins, 'terraform-provider-coveo'), '.'], {cwd: project});
    const settings = join(directory, 'cli.tfrc');
    await writeFile(settings, `provider_installation {\n  dev_overrides {\n    "coveo-privacy/coveo" = "${plugins}"\n  }\n}\n`);
    await writeFile(join(folder, 'main.tf'), configuration);
    const files = Object.fromEntries(cells.map(({library, mode, file, snippet}) => [`${library}.${mode}`, {file, library: snippet?.Library ?? library, mode}]));
    await writeFile(join(folder, 'terraform.tfvars.json'), JSON.stringify({files}));
    const options = {
        cwd: folder,
        maxBuffer: 1 << 26,
        env: {
            ...process.env,
            CHECKPOINT_DISABLE: '1',
            TF_CLI_CONFIG_FILE: settings,
            COVEO_ORGANIZATION_ID: organization.organization,
            COVEO_ACCESS_TOKEN: organization.token,
            COVEO_PLATFORM_URL: organization.url,
        },
    };
    await run(cli, ['apply', '-auto-approve', '-input=false', '-no-color'], options);
    return JSON.parse((await run(cli, ['output', '-json', 'cells'], options)).stdout);
}
