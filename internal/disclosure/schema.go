// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/bundle"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/redact"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/table"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

// defaultTimeout is for a download and the packaging of gigabytes on a slow line.
const defaultTimeout = time.Hour

func resourceSchema(ctx context.Context) schema.Schema {
	attributes := map[string]schema.Attribute{
		"timeouts": timeouts.Attributes(ctx, timeouts.Opts{
			Create: true, CreateDescription: "How long downloading and packaging may take, such as `1h` (default).",
			Update: true, UpdateDescription: "The same for a package that is made again; `1h` by default.",
		}),
	}
	for _, part := range []map[string]schema.Attribute{whoAttributes(), whatAttributes(), fileAttributes(), computedAttributes()} {
		maps.Copy(attributes, part)
	}
	return schema.Schema{
		MarkdownDescription: "The file that is handed to a person who asked for their data: the tables of an export, checked row by row, redacted by " +
			"rules, and packed into one file with a dictionary of its columns, a manifest of what was removed, checksums, and a page with charts that " +
			"opens without a network.\n\n" +
			"The package is made when a plan is applied, on the machine that applies it. **Its data is in no plan, in no state and in no log**; " +
			"state holds numbers, checksums and digests. Memory does not grow with the export. What goes wrong leaves no part of a package behind; " +
			"only a process that is killed outright can leave a temporary file beside the target, with `.partial-` in its name.\n\n" +
			"A package is made again where an argument changes that bears on it, and a change of `triggers` asks for nothing else. A file that is " +
			"gone is no drift: packages are meant to be handed over and deleted. Destroying removes the file, if it still is the one that was made.",
		Attributes: attributes,
	}
}

func whoAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"export_id": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "The `id` of a `coveo_user_data_export` whose file Coveo still has. A change makes the package again. The access token needs " +
				"the privilege *Analytics – Data exports: View*.",
			Validators: []validator.String{exportIDValidator{}},
		},
		"subject": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "A case reference, such as `DSR-2026-0142`, that the provider's vault resolves to the person's identifiers. A row that holds none " +
				"of them is refused, and with it the package. Takes a digest key. Exactly one of `subject` and `user_ids`. A change makes the package again.",
			Validators: person.SubjectValidators(),
		},
		"user_ids": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Identifiers in the open, of 1 to 128 characters each, for synthetic and test identities: they stay in the configuration, " +
				"in plans and in state. A change makes the package again.",
			Validators: person.UserIDsValidators(),
		},
		"identity_columns": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "The columns that may hold identifiers of people. A row is the person's if one of them is, byte for byte, one of the person's " +
				"identifiers. By default " + code(redact.DefaultIdentityColumns()) + ". In these names, case, blanks, hyphens and underscores do not " +
				"count, so that the names for people match too. A change makes the package again.",
			Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.LengthBetween(1, 200))},
		},
		"unchecked_tables": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Tables that have none of the `identity_columns`, and are handed over all the same, such as `keywords`. Nobody checks whose rows " +
				"these are: the filter of the export alone vouches for them. By default such a table is an error. A change makes the package again.",
		},
		"triggers": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Any texts. A change of them makes the package again, for example after its file was lost. Taking them away asks for nothing.",
		},
	}
}

func whatAttributes() map[string]schema.Attribute {
	names := []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))}
	return map[string]schema.Attribute{
		"format": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(string(bundle.CSV)),
			MarkdownDescription: "How the tables are written: `csv` (default) for spreadsheets, or `jsonl` (JSON Lines) for programs. In CSV files, values " +
				"that a spreadsheet would carry out as formulas get an apostrophe in front; JSON Lines files hold all values unchanged. A change makes the package again.",
			Validators: []validator.String{stringvalidator.OneOf(bundle.Formats()...)},
		},
		"columns": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "What becomes of columns. Names are compared exactly, for all tables; a name that no table has is an error. Without this, every " +
				"column is handed over. A change makes the package again.",
			Attributes: map[string]schema.Attribute{
				"keep": schema.SetAttribute{
					Optional: true, ElementType: types.StringType, Validators: names,
					MarkdownDescription: "Hand over these columns and no other. Not together with `drop`.",
				},
				"drop": schema.SetAttribute{
					Optional: true, ElementType: types.StringType, Validators: names,
					MarkdownDescription: "Leave these columns out, and hand over all others. Not together with `keep`.",
				},
				"mask": schema.ListNestedAttribute{
					Optional: true, Validators: []validator.List{listvalidator.SizeBetween(1, 100)},
					MarkdownDescription: "Replace parts of values, rule by rule in this order.",
					NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
						"columns": schema.SetAttribute{
							Required: true, ElementType: types.StringType, Validators: names,
							MarkdownDescription: "The columns whose values are searched.",
						},
						"pattern": schema.StringAttribute{
							Required: true, Validators: []validator.String{patternValidator{}},
							MarkdownDescription: "A regular expression in [RE2 syntax](https://github.com/google/re2/wiki/Syntax). Every match is replaced. It must not " +
								"match the empty text. Do not write a person into it: it stands in the configuration, in plans and in state.",
						},
						"replacement": schema.StringAttribute{
							Optional: true, Computed: true, Default: stringdefault.StaticString("[removed]"),
							MarkdownDescription: "What stands there instead, `[removed]` by default. `$1` stands for what the first group matched, and `$$` for a dollar sign.",
						},
						"reason": schema.StringAttribute{
							Optional:            true,
							MarkdownDescription: "Why, in words for the person. It stands in the manifest and on the page.",
							Validators:          []validator.String{stringvalidator.LengthBetween(1, 300)},
						},
					}},
				},
				"reason": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Why columns are left out, in words for the person. It stands in the manifest and on the page.",
					Validators:          []validator.String{stringvalidator.LengthBetween(1, 300)},
				},
			},
		},
		"summary": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(true),
			MarkdownDescription: "Whether the package holds `summary.html`, a page for the person with charts of the records over time, by type and by origin. " +
				"It counts only what is handed over. `true` by default. A change makes the package again.",
		},
		"contact": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Whom the person can ask, such as an e-mail address of the privacy team. It stands in the manifest and on the page. A change makes the package again.",
			Validators:          []validator.String{stringvalidator.LengthBetween(1, 300)},
		},
		"replace_invalid_utf8": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether bytes that are no valid text (UTF-8) are replaced by the character U+FFFD, and counted in the manifest. By default " +
				"they are an error. A change makes the package again.",
		},
		"limits": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "How much an export may make this machine do. What passes a limit is an error and leaves nothing behind. A change alone " +
				"makes no package.",
			Attributes: map[string]schema.Attribute{
				"max_download_bytes": schema.Int64Attribute{
					Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
					MarkdownDescription: fmt.Sprintf("The most bytes that the export's file may have. Default %d (8 GiB). As much room is taken beside the target while it is read.", bundle.DefaultDownload),
				},
				"max_uncompressed_bytes": schema.Int64Attribute{
					Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
					MarkdownDescription: fmt.Sprintf("The most bytes that all tables together may have, counted while they are unpacked. Default %d (20 GiB).", table.DefaultInflated),
				},
				"max_ratio": schema.Int64Attribute{
					Optional: true, Validators: []validator.Int64{int64validator.Between(1, 1_000_000)},
					MarkdownDescription: fmt.Sprintf("How many times larger than its packed form a table may be, from 32 MiB on. Default %d.", table.DefaultRatio),
				},
				"max_field_bytes": schema.Int64Attribute{
					Optional: true, Validators: []validator.Int64{int64validator.Between(1, 16<<20)},
					MarkdownDescription: fmt.Sprintf("The most bytes that one value may have, at most 16777216; a row may have four times as many. Default %d (1 MiB). Memory grows with it.", table.DefaultField),
				},
			},
		},
	}
}

func fileAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"path": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "The file to write, absolute or relative to the folder in which the command runs. Its folder must exist. A file that is there " +
				"and is not this package is an error, and so is a symbolic link. Only the owner may read the file (mode 0600; on Windows the folder's " +
				"permissions hold). Name it after the case, not after the person: it stands in state. A change makes the package again and removes the former file.",
			Validators: []validator.String{pathValidator{}},
		},
		"recipients": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Public keys that the package is encrypted to with [age](https://age-encryption.org): `age1…`, or SSH keys (`ssh-ed25519`, `ssh-rsa`). " +
				"Each of their owners can decrypt it, with `age -d`. Exactly one of `recipients` and `plaintext`. A change makes the package again.",
			Validators: []validator.Set{recipientsValidator{}},
		},
		"plaintext": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "`true` says aloud that the package is not encrypted: anybody who gets the file can read it. The plan warns of it. A change makes " +
				"the package again.",
		},
	}
}

func computedAttributes() map[string]schema.Attribute {
	counts := func(description string) schema.Attribute {
		return schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"identifier_digests": schema.SetAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Digests of the identifiers that rows were checked against. Known when a plan is made, so that a vault that names others at " +
				"apply is stopped by Terraform. Null with `user_ids` and no digest key.",
		},
		"sha256": schema.StringAttribute{
			Computed: true, MarkdownDescription: "The SHA-256 sum of the file, as `sha256sum` prints it.",
		},
		"content_sha256": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "The SHA-256 sum of the package before encryption: of what `age -d` gives. The same export, rules and provider version give the " +
				"same sum. Equal to `sha256` where nothing is encrypted.",
		},
		"size": schema.Int64Attribute{
			Computed: true, MarkdownDescription: "The size of the file in bytes.",
		},
		"packaged_at": schema.StringAttribute{
			Computed: true, MarkdownDescription: "When the package was made, in UTC.",
		},
		"rows":              counts("The rows of each table of the export. All of them are in the package; a row is never left out silently."),
		"removed_columns":   counts("How many columns of each table were left out."),
		"masked_cells":      counts("How many values of each table a mask has changed."),
		"neutralized_cells": counts("In how many values of each table an apostrophe keeps a spreadsheet from carrying out a formula. 0 with `jsonl`."),
		"shared_rows": counts("How many rows of each table are the person's by the browser alone and name somebody else, as rows of a browser that several " +
			"people used can. Review them before the package is handed over."),
	}
}

func code(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }
