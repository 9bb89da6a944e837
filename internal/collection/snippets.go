// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

// snippetFiles are the codes, one file for each, so that a test runs the very bytes that a user gets.
//
//go:embed snippets
var snippetFiles embed.FS

// Mode is what a snippet is to achieve.
type Mode string

// The modes.
const (
	// ModeAnonymous keeps names out of the events.
	ModeAnonymous Mode = "anonymous"
	// ModeDisabled sends no event.
	ModeDisabled Mode = "disabled"
)

// Modes are all of them.
func Modes() []string { return []string{string(ModeAnonymous), string(ModeDisabled)} }

// Snippet is the code that makes a library do what a mode says, and how far that goes.
type Snippet struct {
	Library string
	// Mode is what was asked for.
	Mode Mode
	// EffectiveMode is what the code does. It is ModeDisabled where the library has nothing that makes it anonymous.
	EffectiveMode Mode
	// Language is javascript, html or json.
	Language string
	// File is where the code is in this package.
	File string
	Code string
	// Attributes are the same as HTML attributes, where there are any.
	Attributes       map[string]string
	Guarantees       []string
	DoesNotGuarantee []string
}

// Libraries are the names that snippets exist for.
func Libraries() []string {
	names := make([]string, 0, len(libraries))
	for name := range libraries {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// SnippetFor finds the code for a library and a mode. An error names the right ones.
func SnippetFor(library string, mode Mode) (Snippet, error) {
	modes, found := libraries[library]
	if !found {
		return Snippet{}, fmt.Errorf("%w: it must be one of %s, and is %q", ErrLibrary, strings.Join(Libraries(), ", "), library)
	}
	compose, found := modes[mode]
	if !found {
		return Snippet{}, fmt.Errorf("%w: it must be one of %s, and is %q", ErrMode, strings.Join(Modes(), ", "), mode)
	}
	s := compose()
	s.Library, s.Mode = library, mode
	if s.EffectiveMode == "" {
		s.EffectiveMode = mode
	}
	code, err := snippetFiles.ReadFile(s.File)
	if err != nil {
		return Snippet{}, fmt.Errorf("provider defect: %w", err)
	}
	s.Code = string(code)
	return s, nil
}
