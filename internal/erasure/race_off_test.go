// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

//go:build !race

package erasure_test

const underRaceDetector = false
